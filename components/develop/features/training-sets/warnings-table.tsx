import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { noValue } from "#components/ui/format.ts";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { TrainingSet, TrainingSetWarning } from "#server/develop/features/training-sets/contract.ts";
import { keyOfLeak } from "./builder/draft.ts";
import { countOfWarning, describeWarning, isFailing } from "./training-set-text.ts";

/** Lists the findings of the leak check, failed ones first, each with the reason that someone gave. */
export function WarningsTable({ set }: { set: TrainingSet }) {
  const { warnings, request } = set;
  const reasonOf = (warning: TrainingSetWarning) =>
    request.acknowledgedLeaks.find((each) => keyOfLeak(each) === keyOfLeak(warning))?.reason;
  const columns: Column<TrainingSetWarning>[] = [
    {
      key: "finding",
      head: "Finding",
      cell: (warning) => (
        <StatusBadge state={isFailing(warning) ? "missed" : "watch"}>{describeWarning(warning).title}</StatusBadge>
      ),
    },
    { key: "meaning", head: "Meaning", cell: (warning) => describeWarning(warning).explanation },
    {
      key: "rows",
      head: "Rows",
      align: "right",
      cell: (warning) =>
        warning.auc === undefined
          ? countOfWarning(warning)
          : `AUC ${warning.auc.toFixed(3)}, ${countOfWarning(warning)}`,
    },
    { key: "reason", head: "Reason", cell: (warning) => reasonOf(warning) ?? noValue },
  ];
  const rank = (warning: TrainingSetWarning) => (isFailing(warning) ? 0 : 1);
  return (
    <DataTable
      label="Leak check"
      rows={warnings.toSorted((a, b) => rank(a) - rank(b) || b.count - a.count)}
      columns={columns}
      rowKey={keyOfLeak}
      density="compact"
    />
  );
}
