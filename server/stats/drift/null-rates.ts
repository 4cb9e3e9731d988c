import { normalFrom, type Random, seededRandom } from "../random.ts";
import { countsTest } from "./calibrated/counts-test.ts";
import { histogramTest } from "./calibrated/histogram-test.ts";
import { quantileEdges, tally } from "./calibrated/quantile-edges.ts";
import { multinomial } from "./quiet-weeks.ts";

/** What rows are drawn from: values of a number, or the shares of levels. */
export type Source =
  | { kind: "numeric"; name: string; draw: (random: Random) => number }
  | { kind: "categorical"; name: string; shares: readonly number[] };

const zipf = (levels: number) => shared(Array.from({ length: levels }, (_, rank) => 1 / (rank + 1)));

/** Sources without drift on which calibration is measured: continuous, with ties, few levels and many. */
export const nullSources: readonly Source[] = [
  { kind: "numeric", name: "normal", draw: normalFrom },
  { kind: "numeric", name: "lognormal", draw: (random) => Math.exp(1.5 * normalFrom(random)) },
  { kind: "numeric", name: "whole numbers", draw: (random) => Math.floor(3 * normalFrom(random)) },
  { kind: "numeric", name: "half zeros", draw: (random) => (random() < 0.5 ? 0 : -Math.log(1 - random())) },
  { kind: "categorical", name: "2 levels", shares: [0.5, 0.5] },
  { kind: "categorical", name: "2 levels 3:1", shares: [0.75, 0.25] },
  { kind: "categorical", name: "3 levels", shares: [0.5, 0.3, 0.2] },
  { kind: "categorical", name: "5 levels", shares: [0.4, 0.3, 0.15, 0.1, 0.05] },
  { kind: "categorical", name: "20 levels (Zipf)", shares: zipf(20) },
  { kind: "categorical", name: "200 levels (Zipf)", shares: zipf(200) },
];

/**
 * How often windows without drift alarm, each with a reference of its own, through profile bins, decision bins and test as in
 * production. The numbers of the draws are fixed by the seed.
 * @returns share of alarms by α, in the order given.
 */
export function falseAlarmRates(
  source: Source,
  options: { referenceRows: number; rows: number; runs: number; alphas: readonly number[]; seed: number },
): number[] {
  const random = seededRandom(options.seed);
  const alarms = options.alphas.map(() => 0);
  for (let run = 0; run < options.runs; run += 1) {
    const test = source.kind === "numeric" ? numericRun(source, options, random) : levelRun(source, options, random);
    // Ties are settled by the name of the window, as in production.
    const seed = String(run);
    for (const [place, alpha] of options.alphas.entries()) {
      if (test(alpha, seed)) alarms[place] = (alarms[place] as number) + 1;
    }
  }
  return alarms.map((count) => count / options.runs);
}

type Rows = { referenceRows: number; rows: number };

function numericRun(source: Source & { kind: "numeric" }, { referenceRows, rows }: Rows, random: Random) {
  const sorted = Float64Array.from({ length: referenceRows }, () => source.draw(random)).sort();
  const edges = quantileEdges(sorted, 512);
  const bins = tally(sorted, edges);
  const current = tally(
    Float64Array.from({ length: rows }, () => source.draw(random)),
    edges,
  );
  return (alpha: number, seed: string) => histogramTest({ reference: bins, current, alpha, seed }).isDrift;
}

function levelRun(source: Source & { kind: "categorical" }, { referenceRows, rows }: Rows, random: Random) {
  const reference = multinomial(source.shares, referenceRows, random);
  const seen = reference.flatMap((count, level) => (count > 0 ? [level] : []));
  const all = multinomial(source.shares, rows, random);
  const current = seen.map((level) => all[level] as number);
  const known = seen.map((level) => reference[level] as number);
  const unseen = rows - current.reduce((sum, count) => sum + count, 0);
  return (alpha: number, seed: string) => countsTest({ reference: known, current, unseen, alpha, seed }).isDrift;
}

function shared(weights: readonly number[]): number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}
