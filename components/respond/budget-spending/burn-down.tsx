"use client";

import { LineChart } from "#components/charts/line-chart.tsx";
import type { BudgetHistory } from "#server/respond/budget-spending/contract.ts";
import type { BudgetReading } from "#server/watch/objectives/contract.ts";
import { burnDownMarkers, burnDownSeries } from "./burn-down-series.ts";

interface BurnDownProps {
  title: string;
  history: BudgetHistory;
  budget: Pick<BudgetReading, "remaining" | "exhaustedAt"> | null;
}

/** Charts the remaining budget over the period, its forecast at the current rate, and the events of the period. */
export function BurnDown({ title, history, budget }: BurnDownProps) {
  return (
    // A mark at the end of the period would widen narrow pages.
    <div style={{ overflowX: "clip" }}>
      <LineChart
        title={title}
        subtitle={`budget left, %${history.isApproximate ? ", partly estimated from histograms" : ""}`}
        unit="%"
        height={260}
        series={burnDownSeries(history, budget)}
        markers={burnDownMarkers(history)}
        values={{ low: Math.min(0, lowest(history) * 100), high: 100 }}
        fromZero
        endLabels={false}
        gapWord="no data"
      />
    </div>
  );
}

function lowest({ points }: BudgetHistory): number {
  return Math.min(0, ...points.flatMap(({ remaining }) => (remaining === null ? [] : [remaining])));
}
