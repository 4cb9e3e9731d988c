import { ArgumentError } from "../../argument-error.ts";
import { fQuantile, fTail } from "../../f-distribution.ts";
import { netOfNoise, psiScale, total } from "../calibrated/calibrated-test.ts";
import { smoothedPsi } from "../calibrated/distances.ts";
import { differenceOf, type Seasons, type Spread, varianceOf } from "./fit-seasons.ts";
import { dot } from "./main-directions.ts";
import { effectAt, hasHourOfWeek } from "./week-effects.ts";

/** Verdict of a window against what is usual at its time. */
export interface SeasonalTest {
  /** Multiple of the threshold that the window reaches. */
  excess: number;
  pValue: number;
  isDrift: boolean;
  /** PSI against what is expected at this time, less what chance gives; never below 0. */
  psiNet: number;
  /** Factor by which windows vary more than independent rows would, once the week is explained; over all directions. */
  phi: number;
}

/** Share of the information about a spread that its median keeps of independent normal values. */
const medianEfficiency = 0.4;
const minDegreesBelow = 8;
/** Largest factor by which a slot may multiply or divide a share. */
const maxRatio = 20;

/** Whether the same hour of the week is among the windows that seasons were fitted to. */
export function isSeasonKnown({ effects }: Seasons, at: number): boolean {
  return hasHourOfWeek(effects, at);
}

/**
 * Returns the shares of cells that are expected at a time: those of the reference, each multiplied as ordinary windows are at that hour of
 * the week (docs/spec/drift.md section 6.8). A level that always differs from the reference therefore stays a difference.
 * @param reference counts by cell @param at null for windows of whole days or weeks, in which the hours even out
 */
export function expectedShares(seasons: Seasons, reference: ArrayLike<number>, at: number | null): Float64Array {
  const effect = at === null ? null : effectAt(seasons.effects, at);
  const shares = Float64Array.from(reference, (count, cell) => {
    const usual = seasons.level[cell] as number;
    const ratio = (usual + (effect?.[cell] ?? 0)) / usual;
    return (count + 0.5) * Math.max(1 / maxRatio, Math.min(maxRatio, ratio));
  });
  const all = total(shares);
  return shares.map((share) => share / all);
}

/**
 * Tests whether a window differs from what is expected at its time by more than ordinary windows do (docs/spec/drift.md section 6.8). The
 * shift of ordered cells, and the rest: T = Σ a² / v over its main directions and what is beside them. Each against df · F(df, ν), since
 * variances were measured, at half of α where there are both.
 * @param options.alpha false alarms of one window, above 0 @throws ArgumentError for a window without rows
 */
export function seasonalTest(
  seasons: Seasons,
  options: { at: number | null; reference: ArrayLike<number>; current: ArrayLike<number>; alpha: number },
): SeasonalTest {
  const { at, reference, current, alpha } = options;
  const expected = expectedShares(seasons, reference, at);
  const [rows, referenceRows] = [total(current), total(reference)];
  if (rows === 0) throw new ArgumentError("A window without rows has no distribution.");
  const observed = Float64Array.from(current, (count) => count / rows);
  const difference = differenceOf(expected, observed, seasons.shift !== null);
  const varianceFor = (phi: number) => varianceOf(phi, rows, seasons.usualRows) + 1 / Math.max(1, referenceRows);
  const degrees = expected.length - (seasons.shift ? 2 : 1);
  const { statistic, phis } = restOf(seasons, difference.rest, degrees, varianceFor);
  const parts: Part[] = [];
  if (degrees > 0) parts.push({ statistic, degrees, spread: seasons.rest });
  if (seasons.shift) {
    const { phi } = seasons.shift;
    parts.push({ statistic: difference.shift ** 2 / varianceFor(phi), degrees: 1, spread: seasons.shift });
  }
  const share = alpha / parts.length;
  const excess = Math.max(...parts.map((part) => part.statistic / lineOf(part, share)));
  const scale = psiScale(Math.max(1, referenceRows), rows);
  return {
    excess,
    pValue: Math.min(1, parts.length * Math.min(...parts.map(pValueOf))),
    isDrift: excess > 1,
    psiNet: netOfNoise(smoothedPsi(expected, current), expected.length - 1, scale),
    phi: (phis + (seasons.shift?.phi ?? 0)) / (expected.length - 1),
  };
}

function restOf(
  { rest: { directions, phi } }: Seasons,
  rest: Float64Array,
  degrees: number,
  varianceFor: (phi: number) => number,
): { statistic: number; phis: number } {
  let [statistic, beside, phis] = [0, dot(rest, rest), phi * (degrees - directions.length)];
  for (const direction of directions) {
    const square = dot(rest, direction.vector) ** 2;
    statistic += square / varianceFor(direction.phi);
    beside -= square;
    phis += direction.phi;
  }
  return { statistic: statistic + Math.max(0, beside) / varianceFor(phi), phis };
}

interface Part {
  statistic: number;
  degrees: number;
  spread: Spread;
}

function lineOf({ degrees, spread }: Part, alpha: number): number {
  return Math.max(degrees * fQuantile(alpha, degrees, degreesBelow(spread)), tailLine(spread.tail, alpha));
}

function pValueOf({ statistic, degrees, spread }: Part): number {
  return Math.max(fTail(statistic / degrees, degrees, degreesBelow(spread)), tailPValue(spread.tail, statistic));
}

function degreesBelow({ effectiveWindows }: Spread): number {
  return Math.max(minDegreesBelow, medianEfficiency * effectiveWindows);
}

/** Share of ordinary windows beyond `tail.top`, and how many times as many are beyond `tail.upper`. */
const topShare = 0.05;
const upperPerTop = 4;

/**
 * Extends the tail of the ordinary windows' own statistics as an exponential one: where their moves are not normal, F does not reach far
 * enough. For a chi-square of 9 degrees it lies 12% beyond the true line at 1e-4.
 */
function tailLine(tail: Spread["tail"], alpha: number): number {
  return tail.top + scaleOf(tail) * Math.log(topShare / Math.min(alpha, topShare));
}

function tailPValue(tail: Spread["tail"], statistic: number): number {
  if (statistic <= tail.top) return 0;
  return topShare * Math.exp(-(statistic - tail.top) / scaleOf(tail));
}

function scaleOf({ upper, top }: Spread["tail"]): number {
  return Math.max(1e-9, top - upper) / Math.log(upperPerTop);
}
