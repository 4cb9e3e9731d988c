import Link from "next/link";
import type { ReactNode } from "react";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatBytes, noValue, truncateMiddle } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { AliasTag } from "#components/ui/tag.tsx";
import type { VersionDetails } from "#server/registry/contract.ts";
import type { SecuritySummary } from "#server/registry/security/contract.ts";
import { runHref, versionHref } from "./lineage-graph.ts";
import { SecurityBadge } from "./security/security-badge.tsx";
import { VersionState } from "./version-state.tsx";
import classes from "./versions-table.module.css";

const columnsOf = (securityOf: ReadonlyMap<string, SecuritySummary>): Column<VersionDetails>[] => [
  {
    key: "version",
    head: "Version",
    cell: (row) => (
      <span className={classes.name}>
        <strong>v{row.version}</strong>
        {row.aliases.map((alias) => (
          <AliasTag alias={alias} key={alias} />
        ))}
      </span>
    ),
  },
  { key: "state", head: "State", cell: (row) => <State version={row} /> },
  { key: "security", head: "Security", cell: (row) => <SecurityBadge summary={securityOf.get(row.id)} /> },
  { key: "registered", head: "Registered", cell: (row) => <RelativeTime at={row.createdAt} /> },
  { key: "by", head: "By", cell: (row) => row.userName || <span className="lw-quiet">{noValue}</span> },
  {
    key: "size",
    head: "Size",
    align: "right",
    cell: (row) => <Known>{row.sizeBytes && formatBytes(row.sizeBytes)}</Known>,
  },
  { key: "sha256", head: "SHA-256", cell: (row) => <Digest sha256={row.sha256} /> },
  { key: "run", head: "Run", cell: (row) => <RunOf version={row} /> },
];

interface VersionsTableProps {
  versions: VersionDetails[];
  /** Scans and signatures of these versions. */
  security: SecuritySummary[];
  foot?: ReactNode;
}

/** The versions of a model, newest first. */
export function VersionsTable({ versions, security, foot }: VersionsTableProps) {
  return (
    <DataTable
      label="Versions"
      rows={versions}
      columns={columnsOf(new Map(security.map((each) => [each.versionId, each])))}
      rowKey={(row) => row.id}
      rowHref={(row) => versionHref(row.modelName, row.version)}
      foot={foot}
    />
  );
}

function State({ version }: { version: VersionDetails }) {
  const endpoints = version.lineage.endpoints.map(({ name }) => name);
  return (
    <span className={classes.state}>
      <VersionState version={version} endpoints={endpoints} />
      {version.inspection === "unservable" && version.inspectionMessage && (
        <span className={`${classes.why} lw-small lw-muted lw-truncate`} title={version.inspectionMessage}>
          {version.inspectionMessage}
        </span>
      )}
    </span>
  );
}

function Known({ children }: { children: ReactNode }) {
  return children || <span className="lw-quiet">{noValue}</span>;
}

/** A digest short enough for a table, whole on hover and in the copy. */
function Digest({ sha256 }: { sha256: string | null }) {
  if (!sha256) return <span className="lw-quiet">{noValue}</span>;
  return (
    <span className={classes.digest}>
      <code title={sha256}>{truncateMiddle(sha256, 14)}</code>
      <CopyButton value={sha256} label="Copy the SHA-256" />
    </span>
  );
}

function RunOf({ version }: { version: VersionDetails }) {
  const { run } = version.lineage;
  if (run) return <Link href={runHref(run.experimentId, run.id)}>{run.name}</Link>;
  return <span className="lw-quiet">{version.runId ? "deleted" : "uploaded"}</span>;
}
