import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount, formatPercent, noValue } from "#components/ui/format.ts";
import type { Measured, QualitySummary } from "#server/watch/monitoring/quality/contract.ts";
import { metricFacts } from "#server/watch/monitoring/quality/metrics/constants.ts";
import { endpointQualityHref } from "./addresses.ts";
import { QualityBadge } from "./quality-state.tsx";
import { ageText, intervalText, metricText } from "./quality-text.ts";

/** Renders endpoints in the given order, worst first. */
export function QualityTable({
  endpoints,
  range,
}: {
  endpoints: readonly QualitySummary[];
  range?: { key: string } | undefined;
}) {
  return (
    <DataTable
      label="Quality by endpoint"
      rows={endpoints}
      columns={columns}
      rowKey={({ endpointId }) => endpointId}
      rowHref={({ endpoint }) => endpointQualityHref(endpoint, { held: range && { range: range.key } })}
    />
  );
}

const columns: Column<QualitySummary>[] = [
  { key: "endpoint", head: "Endpoint", cell: ({ endpoint }) => endpoint },
  { key: "state", head: "State", cell: ({ state }) => <QualityBadge state={state} /> },
  { key: "metric", head: "Metric", cell: ({ metric }) => metricFacts[metric].label },
  {
    key: "realised",
    head: "Realised",
    align: "right",
    cell: (row) => <Value row={row} measured={row.realised} />,
  },
  {
    key: "estimated",
    head: "Estimated",
    align: "right",
    cell: (row) => <Value row={row} measured={row.estimated} />,
  },
  {
    key: "objective",
    head: "Objective",
    align: "right",
    cell: ({ metric, objective }) => (objective ? metricText(metric, objective.value) : noValue),
  },
  {
    key: "reference",
    head: "On the reference",
    align: "right",
    cell: ({ metric, reference }) => (reference === null ? noValue : metricText(metric, reference)),
  },
  { key: "labelled", head: "Labels", align: "right", cell: labels },
  { key: "pending", head: "Pending", align: "right", cell: ({ pending }) => formatCount(pending) },
  { key: "age", head: "Labels complete after", align: "right", cell: ({ maturity }) => ageText(maturity.horizonMs) },
];

function labels({ labelled, predictions }: QualitySummary) {
  return predictions === 0 ? noValue : `${formatCount(labelled)}, ${formatPercent(labelled / predictions)}`;
}

function Value({ row, measured }: { row: QualitySummary; measured: Measured | null }) {
  if (!measured) return noValue;
  const interval = intervalText(row.metric, measured);
  return (
    <span title={`${formatCount(measured.rows)} predictions`}>
      {metricText(row.metric, measured.value)} {interval && <span className="lw-quiet lw-small">{interval}</span>}
    </span>
  );
}
