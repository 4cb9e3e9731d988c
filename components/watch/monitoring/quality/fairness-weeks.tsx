"use client";

import { LineChart } from "#components/charts/line-chart.tsx";
import type { Series } from "#components/charts/prepare.ts";
import type { Wire } from "#components/ui/wire.ts";
import type { FairnessWeeks } from "#server/watch/monitoring/quality/fairness/contract.ts";

type Tag = Wire<FairnessWeeks>["tags"][number];

const weekMs = 604_800_000;

/** Charts the weekly fairness gap between groups with intervals; a week without two groups of 30 labelled rows is a gap. */
export function FairnessWeeksChart({ weeks: { tags, maxDifference } }: { weeks: Wire<FairnessWeeks> }) {
  if (tags.length === 0) return null;
  return (
    <LineChart
      title="Fairness gap over time"
      subtitle="percentage points between the highest and lowest group, per week (Mondays, UTC), for labelled predictions; band: 95%"
      unit="%"
      height={170}
      series={tags.map(seriesOf)}
      thresholds={[{ value: 100 * maxDifference, label: "maximum acceptable" }]}
      fromZero
      gapWord="fewer than two groups of 30"
      empty="No week has two groups with 30 labelled predictions yet."
    />
  );
}

function seriesOf({ groupBy, weeks }: Tag, index: number): Series {
  const middle = (start: string) => Date.parse(start) + weekMs / 2;
  return {
    id: groupBy,
    label: groupBy,
    index: index % 6,
    points: weeks.map(({ start, difference }) => ({
      at: middle(start),
      value: difference === null ? null : 100 * difference,
    })),
    band: weeks.flatMap(({ start, differenceInterval: band }) =>
      band ? [{ at: middle(start), low: 100 * band.low, high: 100 * band.high }] : [],
    ),
  };
}
