import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCountOf } from "#components/ui/format.ts";
import { Panel } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { PlaygroundRunSummary } from "#server/serve/playground/contract.ts";
import { sideNames } from "./side-names.ts";

const states = { done: "finished", running: "running", failed: "missed", cancelled: "paused" } as const;
const words = { done: "Done", running: "Running", failed: "Failed", cancelled: "Cancelled" };

/** Lists the playground runs of a model, newest first; each links to its own page. */
export function HistoryPanel({ runs }: { runs: PlaygroundRunSummary[] }) {
  return (
    <Panel title="History" subtitle="newest first, kept for 30 days" flush id="history">
      <DataTable
        label="Playground runs"
        density="dense"
        rows={runs}
        rowKey={({ id }) => id}
        rowHref={({ id }) => `/playground/${id}`}
        columns={columns}
        empty={<EmptyState title="No runs yet">Your runs appear here with their inputs and results.</EmptyState>}
      />
    </Panel>
  );
}

const columns: Column<PlaygroundRunSummary>[] = [
  { key: "at", head: "When", width: 130, cell: ({ startedAt }) => <RelativeTime at={startedAt} /> },
  { key: "who", head: "User", width: 160, isClipped: true, cell: ({ startedBy }) => startedBy },
  { key: "sides", head: "Versions", cell: ({ sides }) => sideNames(sides).join(", ") },
  {
    key: "words",
    head: "Prediction",
    cell: ({ words, problem }) => (problem ? <span className="lw-muted">{problem}</span> : words),
  },
  {
    key: "state",
    head: "State",
    width: 140,
    cell: ({ state, kind, done, total }) => (
      <StatusBadge state={states[state]}>
        {kind === "batch" && state !== "done" ? `${words[state]}, ${formatCountOf(done, total)}` : words[state]}
      </StatusBadge>
    ),
  },
];
