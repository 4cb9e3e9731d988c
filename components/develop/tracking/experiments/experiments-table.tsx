import type { ReactNode } from "react";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount, noValue } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { ExperimentSummary } from "#server/develop/tracking/experiments/contract.ts";
import classes from "./experiments-table.module.css";

const columns: Column<ExperimentSummary>[] = [
  {
    key: "name",
    head: "Experiment",
    cell: (row) => (
      <span className={classes.name}>
        <strong>{row.name}</strong>
        {row.note && <span className={`${classes.note} lw-muted lw-truncate`}>{row.note.split("\n", 1)[0]}</span>}
      </span>
    ),
  },
  { key: "runs", head: "Runs", align: "right", width: 80, cell: (row) => formatCount(row.runs) },
  { key: "now", head: "Now", cell: (row) => <Now experiment={row} /> },
  { key: "activity", head: "Last activity", cell: (row) => <RelativeTime at={row.lastActivityAt} /> },
  { key: "owner", head: "Owner", cell: (row) => row.ownerName || <span className="lw-quiet">{noValue}</span> },
];

/** Experiments, last active first. */
export function ExperimentsTable({ experiments, foot }: { experiments: ExperimentSummary[]; foot: ReactNode }) {
  return (
    <DataTable
      label="Experiments"
      rows={experiments}
      columns={columns}
      rowKey={(row) => String(row.id)}
      rowHref={(row) => `/experiments/${row.id}`}
      foot={foot}
    />
  );
}

function Now({ experiment }: { experiment: ExperimentSummary }) {
  const { running, silent, failed, unhealthy } = experiment;
  if (running + silent + failed + unhealthy === 0) return <span className="lw-quiet">none running</span>;
  return (
    <span className={classes.now}>
      {running > 0 && <StatusBadge state="running">{`${formatCount(running)} running`}</StatusBadge>}
      {silent > 0 && <StatusBadge state="no-data">{`${formatCount(silent)} without heartbeat`}</StatusBadge>}
      {unhealthy > 0 && <StatusBadge state="watch">{`${formatCount(unhealthy)} unhealthy`}</StatusBadge>}
      {failed > 0 && <StatusBadge state="missed">{`${formatCount(failed)} failed`}</StatusBadge>}
    </span>
  );
}
