import { type Random, seededRandom } from "../random.ts";
import { binomialFrom } from "../random-counts.ts";
import { gammaFrom } from "../random-gamma.ts";
import { countsTest } from "./calibrated/counts-test.ts";
import { psiTest } from "./calibrated/psi-test.ts";
import { alphaOf } from "./multiplicity.ts";

export interface QuietWeeks {
  weeks: number;
  windowsPerWeek: number;
  tests: number;
  referenceRows: number;
  rows: number;
  periods: number;
  seed: number;
}

/**
 * Simulates the false alarms of an endpoint without drift in a number of weeks, with "at most one" configured (docs/spec/drift.md section
 * 7): each period has fresh references; two thirds of its features are continuous, evaluated on 10 bins cut at the reference's quantiles,
 * the others levels of unequal shares.
 * @returns their mean, its standard error, and the share of periods without any.
 */
export function alarmsPerPeriod(options: QuietWeeks): { mean: number; error: number; quiet: number } {
  const random = seededRandom(options.seed);
  const alpha = alphaOf(options);
  const counts = Array.from({ length: options.periods }, () => alarmsOf(options, alpha, random));
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const squares = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0);
  const error = Math.sqrt(squares / (counts.length - 1) / counts.length);
  return { mean, error, quiet: counts.filter((count) => count === 0).length / counts.length };
}

function alarmsOf({ weeks, windowsPerWeek, tests, referenceRows, rows }: QuietWeeks, alpha: number, random: Random) {
  let alarms = 0;
  for (let feature = 0; feature < tests; feature += 1) {
    const isNumeric = feature % 3 < 2;
    const { reference, shares } = isNumeric
      ? quantileReference(referenceRows, 10, random)
      : levelReference(referenceRows, random);
    const test = isNumeric ? psiTest : countsTest;
    for (let window = 0; window < weeks * windowsPerWeek; window += 1) {
      const current = multinomial(shares, rows, random);
      if (test({ reference, current, alpha, seed: `${feature} ${window}` }).isDrift) alarms += 1;
    }
  }
  return alarms;
}

/**
 * Draws bins cut at a reference's own quantiles: their true shares are made of spacings of order statistics (docs/spec/drift.md
 * section 6.6).
 */
function quantileReference(rows: number, bins: number, random: Random): { reference: number[]; shares: number[] } {
  const masses = Array.from({ length: bins }, (_, bin) => gammaFrom(rows / bins + (bin === bins - 1 ? 1 : 0), random));
  const sum = masses.reduce((total, mass) => total + mass, 0);
  return { reference: masses.map(() => rows / bins), shares: masses.map((mass) => mass / sum) };
}

const levelShares = [0.4, 0.25, 0.15, 0.1, 0.06, 0.03, 0.01];

function levelReference(rows: number, random: Random): { reference: number[]; shares: readonly number[] } {
  return { reference: multinomial(levelShares, rows, random), shares: levelShares };
}

/** Counts of so many rows by shares that add up to 1. */
export function multinomial(shares: readonly number[], rows: number, random: Random): number[] {
  let [left, rest] = [rows, 1];
  return shares.map((share, level) => {
    const hits = level === shares.length - 1 ? left : binomialFrom(left, Math.min(1, share / rest), random);
    left -= hits;
    rest -= share;
    return hits;
  });
}
