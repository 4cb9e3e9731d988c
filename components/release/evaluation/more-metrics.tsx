import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { noValue } from "#components/ui/format.ts";
import { Panel } from "#components/ui/panel.tsx";
import type { EvaluationMetric } from "#server/release/evaluation/contract.ts";
import { tileMetrics } from "./metric-definitions.ts";
import { intervalText, valueText } from "./metric-text.ts";
import { MetricName } from "./metric-tiles.tsx";

/** Renders the metrics that have no tile. */
export function MoreMetrics({ taskKind, metrics }: { taskKind: string; metrics: readonly EvaluationMetric[] }) {
  const tiles = tileMetrics(taskKind, metrics);
  const rest = metrics.filter((metric) => !tiles.includes(metric));
  if (rest.length === 0) return null;
  return (
    <Panel title="More metrics" subtitle="with 95% interval" flush>
      <DataTable label="More metrics" rows={rest} columns={columns} rowKey={({ id }) => id} density="dense" />
    </Panel>
  );
}

const columns: Column<EvaluationMetric>[] = [
  { key: "name", head: "Metric", cell: (metric) => <MetricName metric={metric} /> },
  {
    key: "value",
    head: "Value",
    align: "right",
    cell: ({ scale, value, note }) => (value === null && note ? note : valueText(scale, value)),
  },
  {
    key: "interval",
    head: "95%",
    align: "right",
    cell: ({ scale, interval }) => intervalText(scale, interval) ?? noValue,
  },
];
