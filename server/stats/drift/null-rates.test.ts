import { expect, test } from "vitest";
import { falseAlarmRates } from "./null-rates.ts";
import { nullSources } from "./null-sources.ts";
import { alarmsPerPeriod } from "./quiet-weeks.ts";

/** Expects a rate within half a point and three standard errors of the runs. */
function expectNear(rate: number, alpha: number, runs: number) {
  const error = 3 * Math.sqrt((alpha * (1 - alpha)) / runs);
  expect(Math.abs(rate - alpha)).toBeLessThan(Math.max(0.005, error));
}

/** The full form is `npm run bench -- drift-calibration`. */
const runs = 1200;
const quick = ["normal", "half zeros", "2 levels", "5 levels", "200 levels (Zipf)"];
const sources = nullSources.filter(({ name }) => quick.includes(name));

test.each([
  { referenceRows: 50, rows: 50 },
  { referenceRows: 1000, rows: 50 },
  { referenceRows: 200, rows: 200 },
])(
  "alarms at 1% and 5% as configured without drift, for $referenceRows reference rows and $rows rows",
  ({ referenceRows, rows }) => {
    for (const source of sources) {
      const [one, five] = falseAlarmRates(source, { referenceRows, rows, runs, alphas: [0.01, 0.05], seed: 11 });
      expectNear(one ?? 1, 0.01, runs);
      expectNear(five ?? 1, 0.05, runs);
    }
  },
);

test("returns no result for a window with fewer than 50 rows on either side", () => {
  for (const rows of [
    { referenceRows: 49, rows: 1000 },
    { referenceRows: 1000, rows: 49 },
  ])
    for (const source of sources)
      expect(falseAlarmRates(source, { ...rows, runs: 50, alphas: [0.5], seed: 1 })).toEqual([0]);
});

test("raises 0.8 to 1.2 false alarms per 4 weeks for 30 features with daily windows of 500 rows", () => {
  const budget = { weeks: 4, windowsPerWeek: 7, tests: 30 };
  const { mean, error } = alarmsPerPeriod({ ...budget, referenceRows: 10_000, rows: 500, periods: 250, seed: 5 });
  expect(mean).toBeGreaterThan(0.8);
  expect(mean).toBeLessThan(1.2);
  // The numbers of the draws can tell 1 from 0.8 and 1.2.
  expect(error).toBeLessThan(0.08);
});
