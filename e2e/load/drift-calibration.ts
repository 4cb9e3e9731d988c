import { nullSources } from "#server/stats/drift/null-sources.ts";
import { type Found, type NullJob, runJobs } from "./drift/null-jobs.ts";
import { peerPower, powerJobs, powerRows } from "./drift/power.ts";
import { seasonRows } from "./drift/seasons.ts";
import { tailAlphas, tailJobs, tailRows } from "./drift/tail-rates.ts";
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
/** A rate of 5 % is then known to 0.25 points, one of 1 % to 0.11. */
const runs = 8000;
/** Maximum deviation of a rate from α, as a part of it. */
const allowed = 0.5;

const budgets = [
  { name: "hourly windows of 500 rows", windowsPerWeek: 168, periods: 400 },
  { name: "daily windows of 500 rows", windowsPerWeek: 7, periods: 5000 },
  { name: "weekly windows of 500 rows", windowsPerWeek: 1, periods: 5000 },
];

/**
 * Measures how often windows without drift alarm, for numbers and levels of many kinds, at 1 and 5 %, and whether an endpoint gets at most
 * one false alarm in four weeks; how exact each kind of test is down to α = 1e-5; and how much drift it finds beside scipy's tests. Simulated with fixed seeds, with the bins and tests of production; counts are drawn where
 * rows would be counted (drawn-histograms.ts). A rate is printed with its 95 % interval, and with "?" if that extends beyond 0.5 to
 * 1.5 times α; the rate itself is compared with the goal.
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
  const print = (job: NullJob, each: Found) => console.log(lineOf(job, each));
  const found = await runJobs([...periods, ...rates], print);
  const tails = (await runJobs(tailJobs, print)) as number[][];
  const power = (await runJobs(powerJobs, print)) as number[][];
  return [
    ...rateRows(found.slice(periods.length) as number[][]),
    ...periodRows(found.slice(0, periods.length)),
    ...tailRows(tails),
    ...powerRows(power, await peerPower()),
    ...seasonRows(),
  ];
}

function lineOf(job: NullJob, found: Found): string {
  if (job.kind === "rates") {
    const cells = (found as number[]).map((rate, index) => formatRate(rate, alphas[index] as number));
    return `${job.source.padEnd(20)}${`${job.runs.referenceRows}/${job.runs.rows}`.padEnd(16)}${cells.join("   ")}`;
  }
  if (job.kind === "tail") {
    const cells = tailAlphas.map((alpha, at) => (((found as number[])[at] as number) / alpha).toFixed(2));
    return `${job.test} ${job.name}, ${job.referenceRows}/${job.rows}: rates over α ${cells.join("  ")} at ${tailAlphas.join(", ")}`;
  }
  if (job.kind === "power") return `${job.name}: ${((found as number[])[0] as number).toFixed(1)} % found`;
  const { mean, error, quiet } = found as Exclude<Found, number[]>;
  const words = `${mean.toFixed(3)} false alarms in 4 weeks (standard error ${error.toFixed(3)})`;
  return `${job.name}: ${words}, none in ${(100 * quiet).toFixed(0)} % of ${job.periods.periods} periods`;
}

function formatRate(rate: number, alpha: number): string {
  const reach = 1.96 * Math.sqrt((rate * (1 - rate)) / runs);
  const [low, high] = [rate - reach, rate + reach];
  const mark = low < alpha * (1 - allowed) || high > alpha * (1 + allowed) ? "?" : " ";
  return `${percent(rate)} (${percent(low)} to ${percent(high)})${mark}`;
}

const percent = (share: number) => (100 * share).toFixed(2);

function rateRows(found: readonly number[][]): Row[] {
  return sizes.flatMap(([referenceRows, rows], size) =>
    alphas.map((alpha, index) => {
      const own = found.slice(size * nullSources.length, (size + 1) * nullSources.length);
      const leeway = Math.max(...own.map((rates) => Math.abs((rates[index] as number) / alpha - 1)));
      const name = `off, ${100 * alpha} %, ${referenceRows}/${rows}, worst of ${own.length}`;
      return atMost(allowed, { name, unit: "of α", leeway });
    }),
  );
}

function periodRows(found: readonly Found[]): Row[] {
  return budgets.map(({ name }, index) => {
    const { mean } = found[index] as Exclude<Found, number[]>;
    return atMost(0.2, { name: `away from 1 in 4 weeks, ${name}`, unit: "alarms", leeway: Math.abs(mean - 1) });
  });
}
