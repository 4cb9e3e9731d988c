import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { TrainingSetWarning } from "#server/develop/features/training-sets/contract.ts";
import { countOfWarning, describeWarning } from "./training-set-text.ts";

const columns: Column<TrainingSetWarning>[] = [
  {
    key: "finding",
    head: "Finding",
    cell: (warning) => {
      const { title, isLeak } = describeWarning(warning);
      return <StatusBadge state={isLeak ? "missed" : "watch"}>{title}</StatusBadge>;
    },
  },
  { key: "meaning", head: "Meaning", cell: (warning) => describeWarning(warning).explanation },
  { key: "rows", head: "Rows", align: "right", cell: countOfWarning },
];

/** Lists the findings of the leak check, leaks first. */
export function WarningsTable({ warnings }: { warnings: TrainingSetWarning[] }) {
  const rank = (warning: TrainingSetWarning) => (describeWarning(warning).isLeak ? 0 : 1);
  return (
    <DataTable
      label="Leak check"
      rows={warnings.toSorted((a, b) => rank(a) - rank(b) || b.count - a.count)}
      columns={columns}
      rowKey={({ kind, view, feature }) => `${kind} ${view} ${feature}`}
      density="compact"
    />
  );
}
