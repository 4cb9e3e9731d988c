import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { AlertRule } from "#server/respond/rules/contract.ts";
import { RuleBadge } from "./rules-table.tsx";

type Watched = AlertRule["states"][number];

const columns: Column<Watched>[] = [
  { key: "title", head: "Series", cell: ({ title }) => title },
  { key: "state", head: "State", cell: ({ state }) => <RuleBadge state={state === "inactive" ? "quiet" : state} /> },
  { key: "words", head: "Evaluated data", cell: ({ words }) => words },
  { key: "since", head: "Since", cell: ({ since }) => <RelativeTime at={since} /> },
  { key: "looked", head: "Evaluated", cell: ({ evaluatedAt }) => <RelativeTime at={evaluatedAt} /> },
];

/** Lists the state of a rule for each thing that it monitors. */
export function WatchedTable({ states, empty }: { states: readonly Watched[]; empty: React.ReactNode }) {
  return (
    <DataTable
      label="Series monitored by this rule"
      rows={states}
      columns={columns}
      rowKey={({ part }) => part}
      density="dense"
      empty={empty}
    />
  );
}
