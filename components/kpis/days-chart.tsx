"use client";

import { LineChart } from "#components/charts/line-chart.tsx";
import type { KpiResults } from "#server/kpis/contract.ts";

/** What came in, day by day (UTC); days without an event are zero. */
export function KpiDaysChart({ name, unit, results }: { name: string; unit: string; results: KpiResults }) {
  const dayMs = 86_400_000;
  const known = new Map(results.days.map(({ day, value }) => [Date.parse(`${day}T00:00:00Z`), value]));
  const first = Math.floor(results.from.getTime() / dayMs) * dayMs;
  const count = Math.max(1, Math.ceil((results.to.getTime() - first) / dayMs));
  const points = Array.from({ length: count }, (_, index) => {
    const at = first + index * dayMs;
    return { at, value: known.get(at) ?? 0 };
  });
  return (
    <LineChart
      title={`${name}, worth a day`}
      subtitle={`${unit || "events"}, last 30 days, UTC`}
      unit={unit}
      series={[{ id: name, label: name, points }]}
      fromZero
      height={180}
    />
  );
}
