import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { noValue } from "#components/ui/format.ts";
import { Panel } from "#components/ui/panel.tsx";
import type { EvaluationComparison, PairedMetricResult } from "#server/release/evaluation/contract.ts";
import classes from "./evaluation.module.css";
import { IntervalBars } from "./interval-bars.tsx";
import { differenceRange, differenceText, valueText } from "./metric-text.ts";
import { MetricName } from "./metric-tiles.tsx";
import { VerdictBadge } from "./verdict-badge.tsx";

/** Renders each metric of two versions with the paired interval of their difference. */
export function PairedMetrics({ comparison }: { comparison: EvaluationComparison }) {
  const { metrics, first, second, usage } = comparison;
  return (
    <Panel title="Metrics" subtitle="difference with paired 95% interval" flush>
      <div className={classes.narrow}>
        <DataTable
          label="Metrics"
          rows={metrics}
          columns={columnsOf(first.version, second.version)}
          rowKey={({ id }) => id}
          density="dense"
        />
      </div>
      <p className={classes.notes}>
        {usage.words ?? `${ordinal(usage.versions)} version evaluated on this set; selection bias matters from 10.`}
      </p>
    </Panel>
  );
}

function ordinal(count: number): string {
  const tail = count % 10;
  const isTeen = count % 100 >= 11 && count % 100 <= 13;
  return `${count}${isTeen ? "th" : tail === 1 ? "st" : tail === 2 ? "nd" : tail === 3 ? "rd" : "th"}`;
}

function columnsOf(version: number, base: number): Column<PairedMetricResult>[] {
  return [
    { key: "name", head: "Metric", cell: (metric) => <MetricName metric={metric} /> },
    { key: "base", head: `v${base}`, align: "right", cell: ({ scale, second }) => valueText(scale, second) },
    {
      key: "own",
      head: `v${version}`,
      align: "right",
      cell: ({ scale, first }) => <strong>{valueText(scale, first)}</strong>,
    },
    {
      key: "bars",
      head: (
        <span className={classes.ends}>
          <span>worse</span>
          <span>better</span>
        </span>
      ),
      cell: (result) => <GainBar {...result} />,
    },
    {
      key: "difference",
      head: "Difference",
      align: "right",
      cell: ({ scale, difference, interval }) => (
        <>
          {differenceText(scale, difference)}{" "}
          <span className="lw-quiet lw-small">{differenceRange(scale, interval)}</span>
        </>
      ),
    },
    {
      key: "verdict",
      head: "Result",
      cell: ({ verdict }) => (verdict ? <VerdictBadge verdict={verdict} /> : noValue),
    },
  ];
}

/** The gain of one metric on a scale of its own with 0 in the middle, better to the right. */
function GainBar({ difference, interval, better, verdict }: PairedMetricResult) {
  if (difference === null || better === null) return null;
  const sign = better === "lower" ? -1 : 1;
  const [low, high] = [(interval?.low ?? difference) * sign, (interval?.high ?? difference) * sign].toSorted(
    (a, b) => a - b,
  );
  const reach = Math.max(Math.abs(low ?? 0), Math.abs(high ?? 0)) * 1.15 || 1;
  return (
    <IntervalBars
      scale={{ low: -reach, high: reach }}
      values={[{ value: difference * sign, interval: interval && { low: low ?? 0, high: high ?? 0 } }]}
      mark={0}
      tone={verdict === "better" || verdict === "worse" ? verdict : undefined}
    />
  );
}
