import Link from "next/link";
import type { ReactNode } from "react";
import { noValue } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { AliasTag } from "#components/ui/tag.tsx";
import type { ModelSummary } from "#server/registry/contract.ts";
import { versionHref } from "./lineage-graph.ts";
import classes from "./model-facts.module.css";

/** Which version is where, and whose the model is, in one line. */
export function ModelFacts({ model }: { model: ModelSummary }) {
  return (
    <dl className={classes.facts}>
      {model.aliases.map(({ alias, version }) => (
        <Fact label={<AliasTag alias={alias} />} key={alias}>
          <Link href={versionHref(model.name, version)}>v{version}</Link>
        </Fact>
      ))}
      <Fact label="Serving">
        {model.endpoints.length === 0
          ? "not served"
          : model.endpoints.map((endpoint, index) => (
              <span key={endpoint.id}>
                {index > 0 && ", "}v{endpoint.version} at{" "}
                <Link href={`/endpoints/${encodeURIComponent(endpoint.name)}`}>{endpoint.name}</Link>
              </span>
            ))}
      </Fact>
      <Fact label="Owner">{model.ownerName || <span className="lw-quiet">{noValue}</span>}</Fact>
      <Fact label="Changed">
        <RelativeTime at={model.updatedAt} />
      </Fact>
    </dl>
  );
}

function Fact({ label, children }: { label: ReactNode; children: ReactNode }) {
  return (
    <div className={classes.fact}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
