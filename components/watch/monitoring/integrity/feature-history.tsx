"use client";

import { LineChart } from "#components/charts/line-chart.tsx";
import { markGaps, type Point, type Range } from "#components/charts/prepare.ts";
import { useRangeZoom } from "#components/serve/endpoints/use-range-zoom.ts";
import type { FeatureHistory } from "#server/watch/monitoring/integrity/contract.ts";

type Step = FeatureHistory["points"][number];

/** Charts the missing values of a feature, and the values not in its reference, over time. Times without rows are gaps. */
export function FeatureHistoryChart({ history, range }: { history: FeatureHistory; range: Range }) {
  const onZoom = useRangeZoom();
  const { feature, points, stepMs, missingUsual } = history;
  const pointsOf = (shareOf: (step: Step) => number | null): Point[] =>
    markGaps(
      points.map((step) => ({ at: new Date(step.start).getTime(), value: percentOf(shareOf(step)) })),
      stepMs,
    );
  const usual = missingUsual === null ? [] : [missingUsual];
  return (
    <LineChart
      title={`${feature} over time`}
      subtitle="% of rows"
      unit="%"
      fromZero
      range={range}
      onZoom={onZoom}
      series={[
        { id: "missing", label: "Missing", points: pointsOf(({ missing }) => missing) },
        { id: "unknown", label: "Not in the reference", points: pointsOf(({ unknown }) => unknown) },
      ]}
      thresholds={usual.map((share) => ({
        value: share * 100,
        label: "missing in the reference",
      }))}
      gapWord="no data"
      height={170}
      empty={<p className="lw-small lw-quiet">No rows in this range.</p>}
    />
  );
}

function percentOf(share: number | null): number | null {
  return share === null ? null : share * 100;
}
