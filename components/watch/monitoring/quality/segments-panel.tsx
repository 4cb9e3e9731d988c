import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount, formatPercent, noValue } from "#components/ui/format.ts";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { QualityParts, SegmentQuality } from "#server/watch/monitoring/quality/detail/contract.ts";
import type { QualityMetric } from "#server/watch/monitoring/quality/metrics/contract.ts";
import { endpointQualityHref, type QualityView } from "./addresses.ts";
import { intervalText, metricText } from "./quality-text.ts";

interface SegmentsPanelProps {
  segments: QualityParts["segments"];
  metric: QualityMetric;
  endpoint: string;
  view: QualityView;
}

/** Compares segments of the traffic by tags; a row links to the page filtered to that segment. */
export function SegmentsPanel({ segments, metric, endpoint, view }: SegmentsPanelProps) {
  return (
    <Panel title="Segments" subtitle="significance level adjusted for the number of segments" flush>
      <DataTable
        label="Segments"
        rows={segments}
        columns={columnsOf(metric)}
        rowKey={({ segment }) => segment}
        rowHref={({ segment }) => endpointQualityHref(endpoint, { ...view, segment })}
        density="dense"
        maxHeight="360px"
        empty={
          <EmptyState title="No segments configured">
            Select inputs under “Segment by” or “Protected attribute” in the monitoring settings; their values are then
            counted separately, including in the existing log.
          </EmptyState>
        }
      />
    </Panel>
  );
}

function columnsOf(metric: QualityMetric): Column<SegmentQuality>[] {
  return [
    { key: "segment", head: "Segment", cell: ({ segment }) => <code>{segment}</code> },
    { key: "predictions", head: "Predictions", align: "right", cell: ({ predictions }) => formatCount(predictions) },
    {
      key: "labelled",
      head: "Labelled",
      align: "right",
      cell: ({ labelled, predictions }) => formatPercent(predictions > 0 ? labelled / predictions : null),
    },
    {
      key: "value",
      head: "Realised",
      align: "right",
      cell: ({ realised }) => (realised ? metricText(metric, realised.value) : noValue),
    },
    { key: "band", head: "95%", align: "right", cell: ({ realised }) => intervalText(metric, realised) ?? noValue },
    {
      key: "verdict",
      head: "vs rest",
      cell: ({ realised, isDifferent }) =>
        isDifferent ? (
          <StatusBadge state="watch">Different</StatusBadge>
        ) : (
          <span className="lw-quiet">{realised && realised.rows >= 50 ? "About the same" : "Insufficient data"}</span>
        ),
    },
  ];
}
