import { falseAlarmRates, nullSources, type Source } from "#server/stats/drift/null-rates.ts";
import { alarmsPerPeriod } from "#server/stats/drift/quiet-weeks.ts";
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

/** Values that are drawn for one source and size: what large windows cost is their rows. */
const mostValues = 4e7;

/**
 * How often windows without drift alarm, for numbers and levels of many kinds, at 1 and 5 %, and whether at most one false alarm in
 * four weeks is what an endpoint gets. Simulated with fixed seeds, through the bins and tests of production. A rate counts as right
 * within half a point, or three standard errors where fewer runs are affordable; the standard error is printed.
 */
export async function run(): Promise<Row[]> {
  console.log("False alarms in % (standard error), by source and rows of reference / window, at 1 % and 5 %");
  return [...sizes.flatMap(([referenceRows, rows]) => sizeRows(referenceRows, rows)), ...periodRows()];
}

function sizeRows(referenceRows: number, rows: number): Row[] {
  const measured = nullSources.map((source) => {
    const runs = runsFor(source, referenceRows, rows);
    const rates = falseAlarmRates(source, { referenceRows, rows, runs, alphas, seed: 17 });
    const cells = rates.map((rate, place) => {
      const error = Math.sqrt(((alphas[place] as number) * (1 - (alphas[place] as number))) / runs);
      return `${(100 * rate).toFixed(2)} (${(100 * error).toFixed(2)})`;
    });
    console.log(`${source.name.padEnd(20)}${`${referenceRows}/${rows}`.padEnd(16)}${cells.join("   ")}`);
    return { rates, runs };
  });
  return alphas.map((alpha, place) => {
    const off = measured.map(({ rates, runs }) => {
      const allowed = Math.max(0, 3 * Math.sqrt((alpha * (1 - alpha)) / runs) - 0.005);
      return 100 * Math.max(0, Math.abs((rates[place] as number) - alpha) - allowed);
    });
    const name = `off, ${100 * alpha} %, ${referenceRows}/${rows}, worst of ${nullSources.length}`;
    return atMost(0.5, { name, unit: "points", leeway: Math.max(...off) });
  });
}

/** Counts of levels are drawn at once; numbers one by one. */
function runsFor(source: Source, referenceRows: number, rows: number): number {
  const values = source.kind === "numeric" ? referenceRows + rows : 4 * source.shares.length;
  return Math.max(400, Math.min(20_000, Math.floor(mostValues / values)));
}

function periodRows(): Row[] {
  const windows = [
    { name: "hourly windows of 500 rows", windowsPerWeek: 168, periods: 200 },
    { name: "daily windows of 500 rows", windowsPerWeek: 7, periods: 2000 },
  ];
  return windows.flatMap(({ name, ...each }) => {
    const found = alarmsPerPeriod({ weeks: 4, tests: 30, referenceRows: 10_000, rows: 500, seed: 5, ...each });
    const words = `${found.mean.toFixed(3)} false alarms in 4 weeks (standard error ${found.error.toFixed(3)}), none in ${(100 * found.quiet).toFixed(0)} %`;
    console.log(`${name}: ${words}`);
    return [atMost(0.2, { name: `away from 1 in 4 weeks, ${name}`, unit: "alarms", leeway: Math.abs(found.mean - 1) })];
  });
}
