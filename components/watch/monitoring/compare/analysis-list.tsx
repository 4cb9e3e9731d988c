import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatPercent, noValue } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { State } from "#components/ui/status-shape.tsx";
import type { Analysis } from "#server/watch/monitoring/analyses/contract.ts";

const badges: Record<Analysis["state"], { state: State; word: string }> = {
  waiting: { state: "not-started", word: "Waiting" },
  running: { state: "running", word: "Running" },
  failed: { state: "missed", word: "Failed" },
  done: { state: "finished", word: "Done" },
};

const columns: Column<Analysis>[] = [
  {
    key: "files",
    head: "Files",
    cell: ({ question }) =>
      question.kind === "batch" ? `${question.reference.name} against ${question.current.name}` : noValue,
  },
  {
    key: "state",
    head: "State",
    cell: ({ state, progress }) => (
      <StatusBadge state={badges[state].state}>
        {state === "running" ? `${badges[state].word} ${formatPercent(progress, { decimals: 0 })}` : badges[state].word}
      </StatusBadge>
    ),
  },
  {
    key: "changed",
    head: "Changed columns",
    align: "right",
    cell: ({ result }) =>
      result?.kind === "comparison" ? `${result.comparison.changed} of ${result.comparison.columns.length}` : noValue,
  },
  { key: "by", head: "Requested by", cell: ({ createdBy }) => createdBy },
  { key: "at", head: "When", cell: ({ createdAt }) => <RelativeTime at={createdAt} /> },
];

/** Lists the requested comparisons, newest first. */
export function AnalysisList({ rows }: { rows: Analysis[] }) {
  return (
    <DataTable
      label="Comparisons"
      rows={rows}
      columns={columns}
      rowKey={({ id }) => id}
      rowHref={({ id }) => `/datasets/compare?analysis=${id}`}
    />
  );
}
