import { datasetHref } from "#components/develop/addresses/dataset-href.ts";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount, noValue } from "#components/ui/format.ts";
import { Panel } from "#components/ui/panel.tsx";
import { Moment } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { LabelExport } from "#server/improve/labelling/flows/contract.ts";

const shownExports = 5;

/** Lists the newest dataset versions of a project's labels; nothing before the first. */
export function ExportsPanel({ exports }: { exports: readonly LabelExport[] }) {
  if (exports.length === 0) return null;
  return (
    <Panel title="Datasets" subtitle="of settled labels, newest first" flush>
      <DataTable
        label="Datasets of labels"
        rows={exports.slice(0, shownExports)}
        columns={columns}
        rowKey={({ id }) => id}
        rowHref={({ dataset, digest }) => (digest === null ? undefined : datasetHref(dataset, digest))}
        density="dense"
      />
    </Panel>
  );
}

const columns: Column<LabelExport>[] = [
  { key: "dataset", head: "Dataset", cell: ({ dataset }) => dataset },
  {
    key: "purpose",
    head: "For",
    cell: ({ audit, forTraining }) => (audit ? "evaluation set" : forTraining ? "training" : "all labels"),
  },
  {
    key: "state",
    head: "State",
    cell: ({ state, problem }) =>
      state === "failed" ? (
        <>
          <StatusBadge state="missed">Failed</StatusBadge> {problem}
        </>
      ) : (
        <StatusBadge state={state === "done" ? "finished" : "running"}>
          {state === "done" ? "Done" : "Writing"}
        </StatusBadge>
      ),
  },
  { key: "rows", head: "Rows", align: "right", cell: ({ rows }) => (rows === null ? noValue : formatCount(rows)) },
  { key: "left", head: "Excluded", cell: describeLeftOut },
  { key: "by", head: "By", cell: ({ requestedBy }) => requestedBy },
  { key: "at", head: "Requested", align: "right", cell: ({ requestedAt }) => <Moment at={new Date(requestedAt)} /> },
];

function describeLeftOut({ frozen, gold }: LabelExport): string {
  const parts = [
    frozen !== null && frozen > 0 && `${formatCount(frozen)} of frozen sets`,
    gold !== null && gold > 0 && `${formatCount(gold)} gold`,
  ].filter(Boolean);
  return parts.length > 0 ? parts.join(", ") : noValue;
}
