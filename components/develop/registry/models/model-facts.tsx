import type { ReactNode } from "react";
import { versionHref } from "#components/develop/addresses/version-href.ts";
import { noValue } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { aliasTone, Tag } from "#components/ui/tag.tsx";
import type { Alias } from "#server/develop/registry/aliases/contract.ts";
import type { ModelSummary } from "#server/develop/registry/models/contract.ts";
import classes from "./model-facts.module.css";

/** Shows the version of each alias or endpoint and the model's owner on one line. @param props.editOwner control that changes the owner. */
export function ModelFacts({ model, editOwner }: { model: ModelSummary; editOwner?: ReactNode }) {
  return (
    <dl className={classes.facts}>
      {model.aliases.toSorted(championFirst).map(({ alias, version }) => (
        <Fact label={alias} key={alias}>
          <Link href={versionHref(model.name, version)}>
            <Tag tone={aliasTone(alias)}>v{version}</Tag>
          </Link>
        </Fact>
      ))}
      <Fact label="Serving">
        {model.endpoints.length === 0
          ? "not deployed"
          : model.endpoints.map((endpoint, index) => (
              <span key={endpoint.id}>
                {index > 0 && ", "}v{endpoint.version} at{" "}
                <Link href={`/endpoints/${encodeURIComponent(endpoint.name)}`}>{endpoint.name}</Link>
              </span>
            ))}
      </Fact>
      <Fact label="Owner">
        <span className={classes.owner}>
          {model.ownerName || <span className="lw-quiet">{noValue}</span>}
          {editOwner}
        </span>
      </Fact>
      <Fact label="Last changed">
        <RelativeTime at={model.updatedAt} />
      </Fact>
    </dl>
  );
}

function championFirst(a: Alias, b: Alias): number {
  return Number(b.alias === "champion") - Number(a.alias === "champion");
}

function Fact({ label, children }: { label: ReactNode; children: ReactNode }) {
  return (
    <div className={classes.fact}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
