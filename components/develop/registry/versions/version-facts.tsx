import type { ReactNode } from "react";
import { datasetHref } from "#components/develop/addresses/dataset-href.ts";
import { runHref } from "#components/develop/addresses/run-href.ts";
import { versionHref } from "#components/develop/addresses/version-href.ts";
import type { ActionState } from "#components/ui/action-state.ts";
import { formatBytes, formatCount, noValue } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Tag } from "#components/ui/tag.tsx";
import type { VersionDetails } from "#server/develop/registry/versions/contract.ts";
import { compareHref } from "../compare/comparison.ts";
import { Copied } from "../copied.tsx";
import { EditTags } from "../edit-tags.tsx";
import { originWithoutRun } from "./origin-text.ts";
import classes from "./version-facts.module.css";

interface VersionFactsProps {
  version: VersionDetails;
  /** Another version of the model, to look at the difference. */
  compareWith: number | undefined;
  /** Undefined for users with read-only access. */
  setTag: ((tag: { key: string; value: string }) => Promise<ActionState>) | undefined;
  deleteTag: (tag: { key: string }) => Promise<ActionState>;
}

/** Shows the origin and the file of a version. */
export function VersionFacts({ version, compareWith, setTag, deleteTag }: VersionFactsProps) {
  const { lineage } = version;
  return (
    <Panel
      title="Version details"
      right={
        compareWith !== undefined && (
          <Link href={compareHref(version.modelName, compareWith, version.version)}>Compare with v{compareWith}</Link>
        )
      }
    >
      <dl className="lw-facts">
        <Fact label="Registered">
          <RelativeTime at={version.createdAt} /> by {version.userName || "an unknown user"}
        </Fact>
        <Fact label="Run">
          {lineage.run ? (
            <Link href={runHref(lineage.run.experimentId, lineage.run.id)}>{lineage.run.name}</Link>
          ) : version.runId ? (
            <span className="lw-muted">{version.runId}, not found in this workspace</span>
          ) : (
            <span className="lw-muted">{originWithoutRun(version.source)}</span>
          )}
        </Fact>
        <Fact label="Datasets">
          {lineage.datasets.length === 0 ? (
            <span className="lw-muted">none recorded</span>
          ) : (
            lineage.datasets.map((dataset) => (
              <div key={`${dataset.name} ${dataset.digest} ${dataset.context}`}>
                <Link href={datasetHref(dataset.name, dataset.digest)}>{dataset.name}</Link>{" "}
                <code className="lw-quiet">{dataset.digest}</code>
                {dataset.context && <span className="lw-muted"> context: {dataset.context}</span>}
              </div>
            ))
          )}
        </Fact>
        {lineage.models.length > 0 && (
          <Fact label="Created from">
            {lineage.models.map(({ name, version: number }) => (
              <div key={`${name} ${number}`}>
                <Link href={versionHref(name, number)}>
                  {name} v{number}
                </Link>
              </div>
            ))}
          </Fact>
        )}
        <Fact label="Size">
          {version.sizeBytes === null ? (
            <Missing />
          ) : (
            <span title={`${formatCount(version.sizeBytes)} bytes`}>{formatBytes(version.sizeBytes)}</span>
          )}
        </Fact>
        <Fact label="SHA-256">
          {version.sha256 ? <Copied value={version.sha256} label="Copy the SHA-256" /> : <Missing />}
        </Fact>
        <Fact label="Source">
          <Copied value={version.source} label="Copy the source" />
        </Fact>
        {version.stage !== "None" && <Fact label="Stage">{version.stage}</Fact>}
        {version.graph && <Fact label="Parameters">{formatCount(version.graph.parameterCount)}</Fact>}
        <Fact label="Tags">
          {setTag ? (
            <EditTags tags={version.tags} set={setTag} remove={deleteTag} />
          ) : (
            <span className={classes.tags}>
              {version.tags.length === 0 && <Missing />}
              {version.tags.map(({ key, value }) => (
                <Tag key={key}>{value ? `${key}: ${value}` : key}</Tag>
              ))}
            </span>
          )}
        </Fact>
      </dl>
    </Panel>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </>
  );
}

function Missing() {
  return <span className="lw-quiet">{noValue}</span>;
}
