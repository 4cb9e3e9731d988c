import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount, formatNumber, noValue } from "#components/ui/format.ts";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { QualityDetail } from "#server/watch/monitoring/quality/detail/contract.ts";
import { metricFacts } from "#server/watch/monitoring/quality/metrics/constants.ts";
import { endpointQualityHref, type QualityView } from "./addresses.ts";
import { intervalText, metricText } from "./quality-text.ts";

type Row = QualityDetail["metrics"][number];

/** Renders every metric, realised and estimated; a row links to its chart. */
export function MetricsPanel({
  detail,
  endpoint,
  view,
}: {
  detail: QualityDetail;
  endpoint: string;
  view: QualityView;
}) {
  return (
    <Panel title="All metrics" subtitle="with 95% intervals" flush>
      <DataTable
        label="Metrics"
        rows={detail.metrics}
        columns={columns}
        rowKey={({ metric }) => metric}
        rowHref={({ metric }) => endpointQualityHref(endpoint, { ...view, metric })}
        density="dense"
        empty={<EmptyState title="No metrics in this range" />}
        foot={footOf(detail)}
      />
    </Panel>
  );
}

const columns: Column<Row>[] = [
  { key: "metric", head: "Metric", cell: ({ metric }) => metricFacts[metric].label },
  { key: "realised", head: "Realised", align: "right", cell: ({ metric, realised }) => textOf(metric, realised) },
  {
    key: "band",
    head: "Interval",
    align: "right",
    cell: ({ metric, realised }) => intervalText(metric, realised) ?? noValue,
  },
  { key: "estimated", head: "Estimated", align: "right", cell: ({ metric, estimated }) => textOf(metric, estimated) },
  {
    key: "expected",
    head: "Band",
    align: "right",
    cell: ({ metric, estimated }) => intervalText(metric, estimated) ?? noValue,
  },
];

function textOf(metric: Row["metric"], measured: Row["realised"]): string {
  return measured ? metricText(metric, measured.value) : noValue;
}

function footOf({ rows, logLoss, brier }: QualityDetail): string {
  const scores = logLoss === null ? "" : `; log loss ${formatNumber(logLoss)}, Brier score ${formatNumber(brier)}`;
  return `${formatCount(rows)} labelled predictions whose labels are complete${scores}`;
}
