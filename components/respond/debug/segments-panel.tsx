import { BarCell } from "#components/ui/bar-list.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatPercent, plural } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { Panel } from "#components/ui/panel.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import {
  type Measured,
  minSegmentRows,
  type SegmentComparison,
  type SegmentMetric,
  segmentMetrics,
} from "#server/respond/debug/contract.ts";
import classes from "./debug.module.css";
import type { DebugState } from "./debug-state.ts";
import { SegmentsForm } from "./segments-form.tsx";

interface SegmentsPanelProps {
  endpoint: string;
  state: DebugState;
  comparison: SegmentComparison;
}

const words: Record<SegmentMetric, { name: string; base: string; text: (value: number) => string }> = {
  failed: { name: "Server error rate", base: "requests", text: (value) => formatPercent(value) },
  right: { name: "Accuracy (labelled requests)", base: "labels", text: (value) => formatPercent(value) },
  p95: { name: "p95 latency", base: "responses", text: (value) => formatDuration(value) },
  confidence: { name: "Mean confidence", base: "responses", text: (value) => formatPercent(value) },
};

/** Renders any two traffic segments side by side, with intervals, and their significant differences. */
export function SegmentsPanel({ endpoint, state, comparison }: SegmentsPanelProps) {
  const { a, b, differing, isCut } = comparison;
  const columns: Column<SegmentMetric>[] = [
    { key: "metric", head: "Metric", cell: (metric) => words[metric].name },
    { key: "a", head: "A", cell: (metric) => <Side metric={metric} measured={a.metrics[metric]} /> },
    { key: "b", head: "B", cell: (metric) => <Side metric={metric} measured={b.metrics[metric]} /> },
    {
      key: "differs",
      head: "Result",
      cell: (metric) =>
        a.metrics[metric].value === null || b.metrics[metric].value === null ? (
          <StatusBadge state="no-data">Not enough data</StatusBadge>
        ) : differing.includes(metric) ? (
          <StatusBadge state="watch">Differs</StatusBadge>
        ) : (
          <StatusBadge state="on-target">About the same</StatusBadge>
        ),
    },
  ];
  return (
    <Panel
      id="segments"
      title="Segments"
      subtitle={`sampled requests, 95% intervals; at least ${minSegmentRows} requests required. With four comparisons, about one table in 45 shows a difference by chance`}
      flush
    >
      <div className={classes.form}>
        <SegmentsForm endpoint={endpoint} state={state} problems={{ a: a.problem, b: b.problem }} />
      </div>
      <DataTable
        label="Segment comparison"
        density="dense"
        rows={segmentMetrics}
        columns={columns}
        rowKey={(metric) => metric}
        foot={`A: ${plural(a.requests, "request")}. B: ${plural(b.requests, "request")}.${isCut ? " Only the latest 20,000 were analysed." : ""}`}
      />
    </Panel>
  );
}

function Side({ metric, measured: { value, low, high, count } }: { metric: SegmentMetric; measured: Measured }) {
  const { text, base } = words[metric];
  if (value === null || low === null || high === null) {
    return (
      <span className="lw-quiet">
        no data, {count} {base}
      </span>
    );
  }
  const range = `${text(low)} to ${text(high)}`;
  if (metric === "p95") {
    return (
      <span className="lw-number">
        {text(value)} <span className="lw-quiet">{range}</span>
      </span>
    );
  }
  return (
    <span className={classes.side}>
      <BarCell value={value} text={text(value)} />
      <span className="lw-quiet lw-number">{range}</span>
    </span>
  );
}
