import { nullSources } from "#server/stats/drift/null-sources.ts";
import { type Found, type NullJob, runJobs } from "./drift/null-jobs.ts";
import { atMost, type Row } from "./report.ts";

/** Reference rows and rows of a window: from 50 up to 100,000 on either side. */
const sizes = [
  [50, 50],
  [50, 500],
  [200, 50],
  [200, 200],
  [200, 1000],
  [1000, 50],
  [1000, 1000],
  [5000, 200],
  [5000, 500],
  [100_000, 50],
  [100_000, 1000],
  [100_000, 100_000],
] as const;

const alphas = [0.01, 0.05];
/** A rate of 5 % is then known to 0.15 points, one of 1 % to 0.07. */
const runs = 20_000;
/** Maximum deviation of a rate from the requested one: half a point. */
const allowed = 0.005;

const budgets = [
  { name: "hourly windows of 500 rows", windowsPerWeek: 168, periods: 400 },
  { name: "daily windows of 500 rows", windowsPerWeek: 7, periods: 5000 },
  { name: "weekly windows of 500 rows", windowsPerWeek: 1, periods: 5000 },
];

/**
 * Measures how often windows without drift alarm, for numbers and levels of many kinds, at 1 and 5 %, and whether an endpoint gets at most
 * one false alarm in four weeks. Simulated with fixed seeds, with the bins and tests of production; counts are drawn where
 * rows would be counted (drawn-histograms.ts). A rate is printed with its 95 % interval, and with "?" if that extends beyond half a
 * point; the rate itself is compared with the goal.
 */
export async function run(): Promise<Row[]> {
  const rates = sizes.flatMap(([referenceRows, rows]) =>
    nullSources.map((source): NullJob => {
      return { kind: "rates", source: source.name, runs: { referenceRows, rows, runs, alphas, seed: 17 } };
    }),
  );
  const periods = budgets.map(({ name, ...each }): NullJob => {
    const base = { weeks: 4, tests: 30, referenceRows: 10_000, rows: 500, seed: 5 };
    return { kind: "periods", name, periods: { ...base, ...each } };
  });
  console.log(
    `False alarms in % of ${runs} windows (95 % interval), by source and rows of reference / window, at 1 % and 5 %`,
  );
  const found = await runJobs([...periods, ...rates], (job, each) => console.log(lineOf(job, each)));
  return [...rateRows(found.slice(periods.length) as number[][]), ...periodRows(found.slice(0, periods.length))];
}

function lineOf(job: NullJob, found: Found): string {
  if (job.kind === "rates") {
    const cells = (found as number[]).map((rate, index) => formatRate(rate, alphas[index] as number));
    return `${job.source.padEnd(20)}${`${job.runs.referenceRows}/${job.runs.rows}`.padEnd(16)}${cells.join("   ")}`;
  }
  const { mean, error, quiet } = found as Exclude<Found, number[]>;
  const words = `${mean.toFixed(3)} false alarms in 4 weeks (standard error ${error.toFixed(3)})`;
  return `${job.name}: ${words}, none in ${(100 * quiet).toFixed(0)} % of ${job.periods.periods} periods`;
}

function formatRate(rate: number, alpha: number): string {
  const reach = 1.96 * Math.sqrt((rate * (1 - rate)) / runs);
  const [low, high] = [rate - reach, rate + reach];
  const mark = low < alpha - allowed || high > alpha + allowed ? "?" : " ";
  return `${percent(rate)} (${percent(low)} to ${percent(high)})${mark}`;
}

const percent = (share: number) => (100 * share).toFixed(2);

function rateRows(found: readonly number[][]): Row[] {
  return sizes.flatMap(([referenceRows, rows], size) =>
    alphas.map((alpha, index) => {
      const own = found.slice(size * nullSources.length, (size + 1) * nullSources.length);
      const leeway = 100 * Math.max(...own.map((rates) => Math.abs((rates[index] as number) - alpha)));
      const name = `off, ${100 * alpha} %, ${referenceRows}/${rows}, worst of ${own.length}`;
      return atMost(100 * allowed, { name, unit: "points", leeway });
    }),
  );
}

function periodRows(found: readonly Found[]): Row[] {
  return budgets.map(({ name }, index) => {
    const { mean } = found[index] as Exclude<Found, number[]>;
    return atMost(0.2, { name: `away from 1 in 4 weeks, ${name}`, unit: "alarms", leeway: Math.abs(mean - 1) });
  });
}
