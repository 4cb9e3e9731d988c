import { countsTest } from "#server/stats/drift/calibrated/counts-test.ts";
import { histogramTest } from "#server/stats/drift/calibrated/histogram-test.ts";
import { shareTest, unseenTest } from "#server/stats/drift/calibrated/share-tests.ts";
import { type Histograms, histogramDrawer } from "#server/stats/drift/drawn-histograms.ts";
import { nullSources } from "#server/stats/drift/null-sources.ts";
import { multinomial } from "#server/stats/drift/quiet-weeks.ts";
import { type Random, seededRandom } from "#server/stats/random.ts";
import type { Row } from "../report.ts";

/** Tests without drift, of which the share that alarms is measured at small α. */
export interface TailJob {
  kind: "tail";
  name: string;
  test: "numeric" | "levels" | "missing" | "unseen";
  /** Name of a source of numbers, or the shares of levels. */
  source: string | readonly number[];
  referenceRows: number;
  rows: number;
  runs: number;
}

export const tailAlphas = [1e-2, 1e-3, 1e-4, 1e-5] as const;
const [least, most] = [0.5, 1.5];

const equal = (levels: number) => new Array<number>(levels).fill(1 / levels);
const zipf = (levels: number) => {
  const weights = Array.from({ length: levels }, (_, rank) => 1 / (rank + 1));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
};
const job = (
  [name, test, source]: [string, TailJob["test"], TailJob["source"]],
  [referenceRows, rows]: [number, number],
  runs: number,
): TailJob => ({ kind: "tail", name, test, source, referenceRows, rows, runs });

/** Runs are as many as half a minute on one core allows: they tell α down to about 10 / runs. */
export const tailJobs: readonly TailJob[] = [
  job(["normal", "numeric", "normal"], [5000, 500], 1_000_000),
  job(["half zeros", "numeric", "half zeros"], [5000, 500], 200_000),
  job(["2 levels, one rare", "levels", [0.985, 0.015]], [10_000, 1000], 1_000_000),
  job(["3 levels, two rare", "levels", [0.985, 0.01, 0.005]], [1000, 1000], 400_000),
  job(["10 levels", "levels", zipf(10)], [5000, 500], 400_000),
  job(["100 levels", "levels", zipf(100)], [10_000, 500], 100_000),
  job(["1,000 levels", "levels", equal(1000)], [10_000, 500], 20_000),
  job(["missing 1%", "missing", [0.01, 0.99]], [10_000, 1000], 4_000_000),
  job(["missing 10%", "missing", [0.1, 0.9]], [10_000, 1000], 4_000_000),
  job(["unseen of 200 equal", "unseen", equal(200)], [1000, 500], 40_000),
  job(["unseen of 1,000 equal", "unseen", equal(1000)], [1000, 500], 40_000),
];

type Test = (alpha: number, seed: string) => boolean;

/** Measures the shares of alarms by α; each reference is used for twenty windows. */
export function tailRates({ test, source, referenceRows, rows, runs }: TailJob): number[] {
  const random = seededRandom(29);
  const reuse = 20;
  const draw =
    test === "numeric"
      ? numericWindows(source as string, { referenceRows, rows, random })
      : levelWindows(test, source as readonly number[], { referenceRows, rows, random });
  const alarms = tailAlphas.map(() => 0);
  let window: () => Test = draw();
  for (let run = 0; run < runs; run += 1) {
    if (run % reuse === 0) window = draw();
    const isDrift = window();
    // A window that is quiet at one α is quiet at any smaller one.
    for (let at = 0; at < tailAlphas.length && isDrift(tailAlphas[at] as number, String(run)); at += 1)
      alarms[at] = (alarms[at] as number) + 1;
  }
  return alarms.map((count) => count / runs);
}

interface Sizes {
  referenceRows: number;
  rows: number;
  random: Random;
}

/** Draws a reference; the windows that follow share its edges. */
function numericWindows(name: string, { referenceRows, rows, random }: Sizes): () => () => Test {
  const source = nullSources.find((each) => each.name === name);
  if (source?.kind !== "numeric") throw new Error(`There is no source of numbers "${name}".`);
  const draw = histogramDrawer(source, { reference: referenceRows, current: rows });
  return () => {
    const { again, ...first } = draw(random);
    let counts: Histograms | undefined = first;
    return () => {
      const own = counts ?? { reference: first.reference, current: again() };
      counts = undefined;
      return (alpha, seed) => histogramTest({ ...own, alpha, seed }).isDrift;
    };
  };
}

function levelWindows(test: TailJob["test"], shares: readonly number[], { referenceRows, rows, random }: Sizes) {
  return () => {
    const drawn = multinomial(shares, referenceRows, random);
    const seen = drawn.flatMap((count, level) => (count > 0 ? [level] : []));
    const reference = seen.map((level) => drawn[level] as number);
    const times = (wanted: number) => reference.filter((count) => count === wanted).length;
    const known = { once: times(1), twice: times(2), referenceRows, rows };
    return (): Test => {
      const all = multinomial(shares, rows, random);
      const current = seen.map((level) => all[level] as number);
      if (test === "missing") {
        const [hits = 0, referenceHits = 0] = [all[0], drawn[0]];
        return (alpha) => shareTest({ hits, rows, referenceHits, referenceRows, alpha }).isDrift;
      }
      const unseen = rows - current.reduce((sum, count) => sum + count, 0);
      return (alpha, seed) =>
        test === "unseen"
          ? unseenTest({ ...known, unseen, reference, current, alpha }).isDrift
          : countsTest({ reference, current, unseen, alpha, seed }).isDrift;
    };
  };
}

/** Returns a row for each test and α: the measured rate over α, with its 95 % interval, from 0.5 to 1.5. */
export function tailRows(found: readonly number[][]): Row[] {
  return tailJobs.flatMap(({ name, test, referenceRows, rows, runs }, index) =>
    tailAlphas.flatMap((alpha, at): Row[] => {
      // Fewer than ten expected alarms say nothing.
      if (runs * alpha < 10 - 1e-9) return [];
      const rate = (found[index] as number[])[at] as number;
      const reach = 1.96 * Math.sqrt(Math.max(rate, 1 / runs) / runs);
      const interval = [Math.max(0, rate - reach) / alpha, (rate + reach) / alpha] as const;
      const leeway = rate / alpha;
      const full = `rate over α ${alpha.toExponential(0)}, ${test} ${name}, ${referenceRows}/${rows}`;
      // Where alarms are few, an interval that reaches into the range is not a miss.
      const ok =
        interval[1] >= least && interval[0] <= most && (runs * alpha < 100 || (leeway >= least && leeway <= most));
      return [{ name: full, unit: "times", leeway, peer: undefined, goal: `${least} to ${most}`, ok, interval }];
    }),
  );
}
