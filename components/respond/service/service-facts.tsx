import { SeriesSwatch } from "#components/charts/legend.tsx";
import { styleVersions } from "#components/charts/series-style.ts";
import { InferenceAddress } from "#components/serve/endpoints/inference-address.tsx";
import { providerName } from "#components/serve/endpoints/provider-name.ts";
import { plural } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { TurnTime } from "#components/ui/turn-time.tsx";
import type { ServiceHead } from "#server/respond/service/contract.ts";
import type { EndpointDetails } from "#server/serve/endpoints/contract.ts";
import classes from "./service.module.css";

interface ServiceFactsProps {
  head: Pick<ServiceHead, "owner" | "onCall" | "callers">;
  endpoint: EndpointDetails;
  gatewayUrl: string;
}

const maxCallers = 2;

/** Renders what an endpoint serves, who answers for it, where and by whom it is called, and what it runs on: the same on all of its tabs. */
export function ServiceFacts({ head, endpoint, gatewayUrl }: ServiceFactsProps) {
  const { name, current, gateways } = endpoint;
  const [style] = current ? styleVersions([{ model: current.modelName, version: current.version }]) : [];
  return (
    <dl className={classes.facts}>
      <div>
        <dt>Version</dt>
        <dd>
          {current && style ? (
            <>
              <SeriesSwatch style={style} />
              <Link href={`/models/${encodeURIComponent(current.modelName)}/v${current.version}`}>
                {current.modelName} v{current.version}
              </Link>
              <span className="lw-quiet">
                deployed <RelativeTime at={current.deployedAt} />
              </span>
            </>
          ) : (
            <span className="lw-quiet">none deployed</span>
          )}
        </dd>
      </div>
      <div>
        <dt>Owner</dt>
        <dd>{head.owner ?? <Link href="/on-call/teams">No owner</Link>}</dd>
      </div>
      <div>
        <dt>On call</dt>
        <dd>
          {head.onCall.length === 0 && <Link href="/on-call/schedules">No one</Link>}
          {head.onCall.map((person) => (
            <span key={person.name}>
              {person.name}
              {person.until && (
                <span className="lw-quiet">
                  {" until "}
                  <TurnTime at={person.until} />
                </span>
              )}
            </span>
          ))}
        </dd>
      </div>
      <div>
        <dt>URL</dt>
        <dd>
          <InferenceAddress gatewayUrl={gatewayUrl} endpoint={name} />
        </dd>
      </div>
      <div>
        <dt>Runs on</dt>
        <dd>{runsOn(endpoint, gateways.length)}</dd>
      </div>
      {head.callers.length > 0 && (
        <div>
          <dt>Called by</dt>
          <dd title={`Senders of the newest logged requests: ${head.callers.join(", ")}`}>
            {head.callers.slice(0, maxCallers).join(", ")}
            {head.callers.length > maxCallers && (
              <span className="lw-quiet">and {head.callers.length - maxCallers} more</span>
            )}
          </dd>
        </div>
      )}
    </dl>
  );
}

function runsOn({ current }: EndpointDetails, gateways: number): string {
  if (current?.engine) return `external engine, through ${plural(gateways, "gateway")}`;
  const providers = (current?.providers ?? []).map(providerName).join(", ");
  return `${plural(gateways, "gateway")}${providers ? `, ${providers}` : ""}`;
}
