import { total } from "../calibrated/calibrated-test.ts";
import { effectAt, fitWeekEffects, type TimedCounts } from "../seasons/week-effects.ts";
import { eDetector } from "./e-detector.ts";

/** A feature that moves slowly. */
export interface SlowDrift {
  /** Start of the move, in milliseconds since 1970. */
  since: number;
  /** Mean of the last days less that of the first: standard deviations of a numeric feature, else a share of rows. */
  shift: number;
  /** The same as a PSI, about: the square of a shift in standard deviations. */
  psi: number;
  /** Cell whose share moved most; null for numeric features. */
  cell: number | null;
}

/** Days from which the level, its weekdays and its spread are taken. */
const baselineDays = 14;
/** Values further out count as so far, so that no single day is a move. */
const maxDeviations = 3;
/** Spread of the first days, as measured, times this: fourteen of them show it to a fifth. */
const spreadMargin = 1.25;
/** Standard errors by which the mean of the first days may be off. */
const meanErrors = 2;
/** Days whose mean is compared with the first days. */
const lastDays = 5;
/** Levels watched one by one; rarer ones are in the tests of windows only. */
const maxLevels = 5;
/** Rise of the mean rank share for a normal feature that moves by one standard deviation: 1 / (2 √π). */
const riseByDeviation = 1 / (2 * Math.sqrt(Math.PI));

/**
 * Looks for a slow move in the counts of days (docs/spec/drift.md section 6.10): a daily step is too small for any test of a window. The
 * mean rank (numeric) or the shares of the largest levels, less those of the first fourteen days on the same weekday, go to an e-detector.
 * @param days counts of whole days by decision bin or level, in time order @param reference counts of the same cells
 * @param options.threshold days to a false alarm on average, at least
 * @returns null without a move, or with fewer than 15 days
 */
export function slowDrift(
  days: readonly TimedCounts[],
  reference: ArrayLike<number>,
  options: { isNumeric: boolean; threshold: number },
): SlowDrift | null {
  const used = days.filter(({ counts }) => counts.length === reference.length && total(counts) > 0);
  if (used.length <= baselineDays) return null;
  const cells = options.isNumeric ? [null] : largest(reference);
  const channels = cells.map((cell) => channelOf(used, cell, cell === null ? midRanks(reference) : null));
  const found = eDetector(
    channels.map(({ standardised }) => standardised),
    { allowance: meanErrors / Math.sqrt(baselineDays), threshold: options.threshold },
  );
  if (!found.isAlarm) return null;
  const shifts = channels.map(({ deviations }) => meanOf(deviations.slice(-lastDays)));
  const most = shifts.reduce((best, shift, index) => (Math.abs(shift) > Math.abs(shifts[best] ?? 0) ? index : best), 0);
  const [moved, cell, level] = [shifts[most] ?? 0, cells[most] ?? null, channels[most]?.level ?? 0];
  const shift = options.isNumeric ? moved / riseByDeviation : moved;
  const variance = options.isNumeric ? 1 : Math.max(1e-9, level * (1 - level));
  return { since: used[baselineDays + found.since]?.at ?? 0, shift, psi: shift ** 2 / variance, cell };
}

/** Deviations of the days after the baseline from it, as they are and in standard deviations of a day. */
function channelOf(days: readonly TimedCounts[], cell: number | null, ranks: Float64Array | null) {
  const values = days.map(({ counts }) =>
    ranks ? meanRank(counts, ranks) : (counts[cell ?? 0] as number) / total(counts),
  );
  const first = values.slice(0, baselineDays);
  const level = meanOf(first);
  const times = days.slice(0, baselineDays).map(({ at }) => at);
  const { effects, errors } = fitWeekEffects(
    times,
    first.map((value) => Float64Array.of(value - level)),
  );
  const spread = spreadMargin * Math.sqrt(meanOf(errors.map((error) => (error[0] as number) ** 2)));
  const deviations = days.slice(baselineDays).map(({ at }, index) => {
    return (values[baselineDays + index] as number) - level - (effectAt(effects, at)[0] as number);
  });
  const standardised = deviations.map((deviation, index) => {
    const rows = total((days[baselineDays + index] as TimedCounts).counts);
    const noise = Math.sqrt((ranks ? 1 / 12 : level * (1 - level)) / rows);
    const z = deviation / Math.max(spread, noise, 1e-12);
    return Math.max(-maxDeviations, Math.min(maxDeviations, z));
  });
  return { deviations, standardised, level };
}

/** Share of the reference below the middle of each cell. */
function midRanks(reference: ArrayLike<number>): Float64Array {
  const all = total(reference);
  let below = 0;
  return Float64Array.from(reference, (count) => {
    below += count;
    return (below - count / 2) / all;
  });
}

function meanRank(counts: ArrayLike<number>, ranks: Float64Array): number {
  return ranks.reduce((sum, rank, cell) => sum + rank * (counts[cell] as number), 0) / total(counts);
}

function largest(reference: ArrayLike<number>): number[] {
  const order = Array.from({ length: reference.length }, (_, cell) => cell);
  return order.sort((a, b) => (reference[b] as number) - (reference[a] as number)).slice(0, maxLevels);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
