import { LineChart } from "#components/charts/line-chart.tsx";
import type { Series } from "#components/charts/prepare.ts";
import type { CostReport } from "#server/watch/cost/report/contract.ts";
import { money, moneyScale } from "./money-text.ts";

/** Charts the cumulative spend of a month, its forecast, and the budget. */
export function SpendChart({ report, now }: { report: CostReport; now: number }) {
  const { spent, ahead, total, currency, startsAt } = report;
  const last = spent.at(-1)?.value ?? 0;
  const largest = Math.max(last, ahead.at(-1)?.high ?? 0, total.budget ?? 0);
  const { divisor, unit, words } = moneyScale(largest, currency);
  const start = startsAt.getTime();
  // A sum applies at the end of its day; today's applies now.
  const point = (at: number, value: number) => ({ at, value: value / divisor });
  const until = Math.min(now, spent.at(-1)?.endsAt.getTime() ?? start);
  const foretold = [
    { at: until, value: last, low: last, high: last },
    ...ahead.map(({ day, endsAt, ...sums }) => ({ at: endsAt.getTime(), ...sums })),
  ];
  const series: Series[] = [
    {
      id: "spent",
      label: "spent",
      index: 0,
      points: [point(start, 0), ...spent.map(({ endsAt, value }) => point(Math.min(now, endsAt.getTime()), value))],
    },
    ...(ahead.length > 0
      ? [
          {
            id: "forecast",
            label: "forecast, 80% range",
            index: 0,
            kind: "forecast" as const,
            points: foretold.map(({ at, value }) => point(at, value)),
            band: foretold.map(({ at, low, high }) => ({ at, low: low / divisor, high: high / divisor })),
          },
        ]
      : []),
  ];
  return (
    <LineChart
      title="Spend this month"
      subtitle={`${words}, cumulative by day; ${money(last, currency)} so far`}
      unit={unit}
      series={series}
      range={{ from: start, to: Math.max(until, foretold.at(-1)?.at ?? 0) }}
      present={ahead.length > 0 ? { at: until, label: `today, ${dayNumber(spent.at(-1)?.day)}` } : undefined}
      thresholds={total.budget === null ? [] : [{ label: "budget", value: total.budget / divisor }]}
      fromZero
      endLabels
      height={268}
    />
  );
}

/** Formats "2026-05-13" as "13". */
function dayNumber(day = ""): string {
  return String(Number(day.slice(8)));
}
