import { type Random, seededRandom } from "../random.ts";
import { countsTest } from "./calibrated/counts-test.ts";
import { histogramTest } from "./calibrated/histogram-test.ts";
import { quantileEdges, tally } from "./calibrated/quantile-edges.ts";
import { type Histograms, histogramDrawer } from "./drawn-histograms.ts";
import type { LevelSource, NumericSource, Source } from "./null-sources.ts";
import { multinomial } from "./quiet-weeks.ts";

export interface NullRuns {
  referenceRows: number;
  rows: number;
  runs: number;
  alphas: readonly number[];
  seed: number;
  /** Draw rows one by one, as slow as they are many, and not their counts: to show that both are the same. */
  isRowByRow?: boolean;
}

type Test = (alpha: number, seed: string) => boolean;

/**
 * Simulates how often windows without drift alarm, each with its own reference, through profile bins, decision bins and test as in
 * production. The seed determines the draws.
 * @returns share of alarms by α, in the order given.
 */
export function falseAlarmRates(source: Source, options: NullRuns): number[] {
  const random = seededRandom(options.seed);
  const alarms = options.alphas.map(() => 0);
  const draw = source.kind === "numeric" ? numericRun(source, options) : levelRun(source, options);
  for (let run = 0; run < options.runs; run += 1) {
    const test = draw(random);
    // Ties are settled by the name of the window, as in production.
    const seed = String(run);
    for (const [index, alpha] of options.alphas.entries()) {
      if (test(alpha, seed)) alarms[index] = (alarms[index] as number) + 1;
    }
  }
  return alarms.map((count) => count / options.runs);
}

function numericRun(source: NumericSource, { referenceRows, rows, isRowByRow }: NullRuns): (random: Random) => Test {
  const sizes = { reference: referenceRows, current: rows };
  const draw = isRowByRow ? (random: Random) => countedRows(source, sizes, random) : histogramDrawer(source, sizes);
  return (random) => {
    const counts = draw(random);
    return (alpha, seed) => histogramTest({ ...counts, alpha, seed }).isDrift;
  };
}

/** Draws, sorts, bins and counts rows like a profile and a window. */
export function countedRows(
  source: NumericSource,
  rows: { reference: number; current: number },
  random: Random,
): Histograms {
  const sorted = Float64Array.from({ length: rows.reference }, () => source.draw(random)).sort();
  const edges = quantileEdges(sorted, 512);
  const current = Float64Array.from({ length: rows.current }, () => source.draw(random));
  return { reference: tally(sorted, edges), current: tally(current, edges) };
}

function levelRun(source: LevelSource, { referenceRows, rows }: NullRuns): (random: Random) => Test {
  return (random) => {
    const reference = multinomial(source.shares, referenceRows, random);
    const seen = reference.flatMap((count, level) => (count > 0 ? [level] : []));
    const all = multinomial(source.shares, rows, random);
    const current = seen.map((level) => all[level] as number);
    const known = seen.map((level) => reference[level] as number);
    const unseen = rows - current.reduce((sum, count) => sum + count, 0);
    return (alpha, seed) => countsTest({ reference: known, current, unseen, alpha, seed }).isDrift;
  };
}
