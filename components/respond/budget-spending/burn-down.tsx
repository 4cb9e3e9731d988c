"use client";

import { LineChart } from "#components/charts/line-chart.tsx";
import type { BudgetHistory } from "#server/respond/budget-spending/contract.ts";
import type { BudgetReading } from "#server/watch/objectives/contract.ts";
import { burnDownMarkers, burnDownSeries, minShown } from "./burn-down-series.ts";

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
        subtitle={subtitleOf(history)}
        unit="%"
        height={260}
        series={burnDownSeries(history, budget)}
        markers={burnDownMarkers(history)}
        values={{ low: Math.max(minShown, lowest(history)) * 100, high: 100 }}
        fromZero
        endLabels={false}
        gapWord="no data"
      />
    </div>
  );
}

function subtitleOf(history: BudgetHistory): string {
  const approximate = history.isApproximate ? ", partly estimated from histograms" : "";
  const cut = lowest(history) < minShown ? `, cut off below ${minShown * 100}%`.replace("-", "\u2212") : "";
  return `budget left, %${approximate}${cut}`;
}

function lowest({ points }: BudgetHistory): number {
  return Math.min(0, ...points.flatMap(({ remaining }) => (remaining === null ? [] : [remaining])));
}
