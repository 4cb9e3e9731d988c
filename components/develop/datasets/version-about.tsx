import type { ReactNode } from "react";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { formatBytes, formatCount } from "#components/ui/format.ts";
import { Panel } from "#components/ui/panel.tsx";
import { parsedJson } from "#components/ui/parsed-json.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { DatasetVersion } from "#server/develop/datasets/contract.ts";
import classes from "./datasets.module.css";

/** Shows the origin and the identity of a version. */
export function VersionAbout({ version }: { version: DatasetVersion }) {
  const { file, source, facts } = version;
  return (
    <Panel title="Version details">
      <dl className="lw-facts">
        <Fact label="Digest">
          <Copied value={version.digest} label="Copy the digest" />
        </Fact>
        <Fact label="First seen">
          <RelativeTime at={version.createdAt} />
          {file && ` from ${file.createdBy}`}
        </Fact>
        {file && (
          <>
            <Fact label="File">
              <a href={`/api/v1/datasets/${encodeURIComponent(version.name)}/versions/${version.digest}/file`}>
                {file.fileName}
              </a>{" "}
              <span className="lw-muted" title={`${formatCount(file.sizeBytes)} bytes`}>
                {formatBytes(file.sizeBytes)}
              </span>
            </Fact>
            <Fact label="Row hash">
              <Copied value={file.contentHash} label="Copy row hash" />
            </Fact>
            <Fact label="SHA-256 of the file">
              <Copied value={file.sha256} label="Copy the SHA-256 of the file" />
            </Fact>
            {file.note && <Fact label="Note">{file.note}</Fact>}
          </>
        )}
        {source && <Fact label="Source">{describeSource(source)}</Fact>}
        {facts.map(({ name, value }) => (
          <Fact label={name} key={name}>
            {value}
          </Fact>
        ))}
      </dl>
    </Panel>
  );
}

/** Extracts the location from a client's description of the source, which is JSON that contains it or free text. */
function describeSource({ type, text }: NonNullable<DatasetVersion["source"]>): string {
  const said = parsedJson(text);
  if (said === undefined) return `${text} (${type})`;
  const values = typeof said === "object" && said !== null ? Object.values(said) : [];
  const source = values.find((value) => typeof value === "string");
  return source ? `${source} (${type})` : type;
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </>
  );
}

function Copied({ value, label }: { value: string; label: string }) {
  return (
    <span className={classes.copied}>
      <code className={classes.code}>{value}</code>
      <CopyButton value={value} label={label} />
    </span>
  );
}
