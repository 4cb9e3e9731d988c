"use client";

import { LineChart } from "#components/charts/line-chart.tsx";
import type { KpiResults } from "#server/report/kpis/contract.ts";

/** Charts the value per day; days without an event are zero. */
export function KpiDaysChart({ name, unit, results }: { name: string; unit: string; results: KpiResults }) {
  const { days, timeZone } = results;
  return (
    <LineChart
      title={`${name}, value per day`}
      subtitle={`${unit || "events"}, last 30 days, ${timeZone}`}
      unit={unit}
      series={[
        { id: name, label: name, points: days.map(({ startsAt, value }) => ({ at: startsAt.getTime(), value })) },
      ]}
      fromZero
      height={180}
    />
  );
}
