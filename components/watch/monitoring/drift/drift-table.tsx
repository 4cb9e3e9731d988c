import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount, formatCountOf, noValue } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { DriftRow } from "#server/watch/monitoring/drift/report/contract.ts";
import { driftHref } from "./addresses.ts";
import { problemLabels, stateBadges } from "./drift-labels.ts";
import classes from "./features-panel.module.css";

const columns: Column<DriftRow>[] = [
  { key: "endpoint", head: "Endpoint", cell: ({ endpoint }) => endpoint },
  {
    key: "state",
    head: "State",
    cell: ({ window, problem }) => {
      if (!window)
        return <StatusBadge state="no-data">{problem === "no-rows" ? "No data" : "Not monitored"}</StatusBadge>;
      const { state, word } = stateBadges[window.verdict.state];
      return <StatusBadge state={state}>{word}</StatusBadge>;
    },
  },
  {
    key: "verdict",
    head: "Latest result",
    cell: ({ window, problem }) => (
      <span className={classes.words}>
        {window ? window.verdict.words : problemLabels[problem ?? "no-rows"].title}
        {window?.first && (
          <>
            {" "}
            Top feature: <code>{window.first}</code>.
          </>
        )}
      </span>
    ),
  },
  {
    key: "drifted",
    head: "Drifted features",
    align: "right",
    cell: ({ window }) => (window ? formatCountOf(window.verdict.drifted, window.verdict.tested) : noValue),
  },
  { key: "rows", head: "Rows", align: "right", cell: ({ window }) => (window ? formatCount(window.rows) : noValue) },
  {
    key: "window",
    head: "Window",
    cell: ({ window }) =>
      window ? (
        <>
          {window.length}, from <RelativeTime at={window.start} />
        </>
      ) : (
        noValue
      ),
  },
  {
    key: "version",
    head: "Version",
    cell: ({ version }) => (version ? `${version.model} v${version.version}` : noValue),
  },
];

/** Renders all endpoints by drift, worst first. */
export function DriftTable({ rows }: { rows: DriftRow[] }) {
  return (
    <DataTable
      label="Endpoints by drift"
      rows={rows}
      columns={columns}
      rowKey={({ endpointId }) => endpointId}
      rowHref={({ endpoint }) => driftHref({ endpoint })}
    />
  );
}
