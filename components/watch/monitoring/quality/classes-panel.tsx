import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount, formatPercent, noValue } from "#components/ui/format.ts";
import { Panel } from "#components/ui/panel.tsx";
import type { QualityDetail } from "#server/watch/monitoring/quality/detail/contract.ts";
import { intervalText } from "./quality-text.ts";

type Row = QualityDetail["classes"][number];

/** Renders each class against the rest; nothing for numeric predictions. */
export function ClassesPanel({ classes }: Pick<QualityDetail, "classes">) {
  if (classes.length === 0) return null;
  return (
    <Panel title="By class" subtitle="most frequent first" flush>
      <DataTable
        label="Classes"
        rows={classes}
        columns={columns}
        rowKey={({ name }) => name}
        density="dense"
        maxHeight="360px"
      />
    </Panel>
  );
}

const columns: Column<Row>[] = [
  { key: "name", head: "Class", cell: ({ name }) => name },
  { key: "support", head: "Support", align: "right", cell: ({ support }) => formatCount(support) },
  { key: "predicted", head: "Predicted", align: "right", cell: ({ predicted }) => formatCount(predicted) },
  {
    key: "precision",
    head: "Precision",
    align: "right",
    cell: ({ precision, precisionInterval }) => share(precision, precisionInterval),
  },
  {
    key: "recall",
    head: "Recall",
    align: "right",
    cell: ({ recall, recallInterval }) => share(recall, recallInterval),
  },
  { key: "f1", head: "F1", align: "right", cell: ({ f1 }) => formatPercent(f1, { decimals: 1 }) },
];

function share(value: number | null, interval: { low: number; high: number } | null) {
  if (value === null) return noValue;
  return (
    <span title={`95%: ${intervalText("accuracy", interval) ?? "no data"}`}>
      {formatPercent(value, { decimals: 1 })}
    </span>
  );
}
