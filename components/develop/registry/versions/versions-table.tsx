import type { ReactNode } from "react";
import { runHref } from "#components/develop/addresses/run-href.ts";
import { versionHref } from "#components/develop/addresses/version-href.ts";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatBytes, noValue } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { AliasTag } from "#components/ui/tag.tsx";
import type { Checklist, GateLine } from "#server/develop/registry/gates/contract.ts";
import type { SecuritySummary } from "#server/develop/registry/security/contract.ts";
import type { VersionDetails } from "#server/develop/registry/versions/contract.ts";
import { describeMeasure, measuresOf, progressOf } from "../gates/describe-gate.ts";
import { SecurityBadge } from "../security/security-badge.tsx";
import { isUploaded } from "./origin-text.ts";
import { VersionState } from "./version-state.tsx";
import classes from "./versions-table.module.css";

interface VersionsTableProps {
  versions: VersionDetails[];
  /** Checklist results of the versions. */
  checklists: Checklist[];
  /** Scans and signatures of these versions. */
  security: SecuritySummary[];
  foot?: ReactNode;
}

/** Renders the versions of a model, newest first, with the measured values and states of their gates. */
export function VersionsTable({ versions, checklists, security, foot }: VersionsTableProps) {
  const gatesOf = new Map(checklists.map(({ version, gates }) => [version, gates]));
  const securityOf = new Map(security.map((each) => [each.versionId, each]));
  const measures = measuresOf(checklists);
  const columns: Column<VersionDetails>[] = [
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
    ...measures.map(
      ({ gate, title }): Column<VersionDetails> => ({
        key: gate,
        head: title,
        align: "right",
        cell: (row) => describeMeasure(gatesOf.get(row.version)?.find((line) => line.gate === gate)),
      }),
    ),
    { key: "size", head: "Size", align: "right", cell: (row) => formatBytes(row.sizeBytes) },
    {
      key: "gates",
      head: "Gates",
      cell: (row) => <Gates lines={gatesOf.get(row.version) ?? []} />,
    },
    { key: "run", head: "Run", cell: (row) => <RunOf version={row} /> },
  ];
  return (
    <DataTable
      label="Versions"
      rows={versions}
      columns={columns}
      rowKey={(row) => row.id}
      rowHref={(row) => versionHref(row.modelName, row.version)}
      foot={foot}
    />
  );
}

function Gates({ lines }: { lines: GateLine[] }) {
  if (lines.length === 0) return <span className="lw-quiet">none</span>;
  const { state, words } = progressOf(lines);
  return <StatusBadge state={state}>{words}</StatusBadge>;
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

function RunOf({ version }: { version: VersionDetails }) {
  const { run } = version.lineage;
  if (run) return <Link href={runHref(run.experimentId, run.id)}>{run.name}</Link>;
  const origin = isUploaded(version.source) ? "uploaded" : noValue;
  return <span className="lw-quiet">{version.runId ? "deleted" : origin}</span>;
}
