import { chiSquareQuantile } from "../../chi-square.ts";
import { total } from "../calibrated/calibrated-test.ts";
import { dot, mainDirections } from "./main-directions.ts";
import { orderedShift } from "./ordered-shift.ts";
import { dayOf, fitWeekEffects, type TimedCounts, type WeekEffects } from "./week-effects.ts";

/** How ordinary windows vary: with the week, and beyond. */
export interface Seasons {
  /** Windows it was fitted to. */
  windows: number;
  /** Mean share of each cell; above 0. */
  level: Float64Array;
  effects: WeekEffects;
  /** The shift of ordered cells; null where cells have no order. */
  shift: (Spread & { phi: number }) | null;
  /** What it leaves. */
  rest: Spread & {
    /** Directions in which windows vary most, each with its φ. */
    directions: readonly { vector: Float64Array; phi: number }[];
    /** φ beside these directions; 1 without anything beside them. */
    phi: number;
  };
  /** Median rows of a window, for which each φ holds. */
  usualRows: number;
}

/** How well the variation of a part is known. */
export interface Spread {
  /** Windows that are worth as much as these, had they been independent of each other. */
  effectiveWindows: number;
  /** Values of its statistic that 20 and 5% of the windows exceed. */
  tail: { upper: number; top: number };
}

/** Fewer windows say too little about how they vary. */
export const minSeasonWindows = 10;
/** More directions would fit noise. */
const maxDirections = 3;
const daysPerWeek = 7;
/** A day is odd from so many times the usual difference on; more than this part of all days are not odd, but how traffic is. */
const oddFactor = 8;
const maxOddShare = 0.15;
const minShare = 1e-5;

/**
 * Fits how ordinary windows of one length vary (docs/spec/drift.md section 6.8): a level by week, which may move; effects of the hour,
 * the weekday and both; and around them a shift of ordered cells, the main other directions, and the rest, each with a dispersion φ =
 * median X² / median χ², every window against the others without its own day.
 * @param given in time order, with the same cells @param isOrdered whether cells are ranges of a number
 * @returns undefined for fewer than 10 windows with rows, or one cell
 */
export function fitSeasons(given: readonly TimedCounts[], isOrdered: boolean): Seasons | undefined {
  const windows = given.filter(({ counts }) => total(counts) > 0);
  const cells = windows[0]?.counts.length ?? 0;
  if (windows.length < minSeasonWindows || cells < 2) return undefined;
  const first = fitOnce(windows, isOrdered);
  const odd = oddDays(windows, first.statistics);
  const ordinary = windows.filter(({ at }) => !odd.has(dayOf(at)));
  return odd.size === 0 || ordinary.length < minSeasonWindows ? first.seasons : fitOnce(ordinary, isOrdered).seasons;
}

/** Days whose windows differ many times as much as those of a usual day: an incident, which would move the means of its week. */
function oddDays(windows: readonly TimedCounts[], statistics: readonly number[]): ReadonlySet<number> {
  const byDay = Map.groupBy(windows.keys(), (index) => dayOf(windows[index]?.at ?? 0));
  const means = [...byDay].map(([day, indices]) => {
    return { day, mean: indices.reduce((sum, index) => sum + (statistics[index] as number), 0) / indices.length };
  });
  const limit = oddFactor * middle(means.map(({ mean }) => mean));
  const odd = means.filter(({ mean }) => mean > limit);
  return new Set(odd.length > maxOddShare * means.length ? [] : odd.map(({ day }) => day));
}

function fitOnce(windows: readonly TimedCounts[], isOrdered: boolean): { seasons: Seasons; statistics: number[] } {
  const rows = windows.map(({ counts }) => total(counts));
  const shares = windows.map(({ counts }, index) =>
    Float64Array.from(counts, (count) => count / (rows[index] as number)),
  );
  const times = windows.map(({ at }) => at);
  const { effects, errors } = fitWeekEffects(times, deviationsOf(windows, shares, rows));
  const differences = shares.map((share, index) => {
    const error = errors[index] as Float64Array;
    const expected = positive(share.map((value, cell) => value - (error[cell] as number)));
    return differenceOf(expected, share, isOrdered);
  });
  const { statistics, ...spread } = spreadOf(differences, rows, isOrdered);
  const level = levelOf(windows, shares[0]?.length ?? 0);
  return { seasons: { windows: windows.length, level, effects, ...spread }, statistics };
}

/** How a window differs from what was expected, in units of a single row's uncertainty. */
export interface Difference {
  /** 0 where cells have no order. */
  shift: number;
  /** What the shift leaves, by cell. */
  rest: Float64Array;
}

/** Returns how observed shares differ from expected ones, which are above 0. */
export function differenceOf(expected: Float64Array, observed: Float64Array, isOrdered: boolean): Difference {
  const { shift, information, moved } = isOrdered
    ? orderedShift(expected, observed)
    : { shift: 0, information: 0, moved: expected };
  const rest = observed.map((share, cell) => (share - (moved[cell] as number)) / Math.sqrt(moved[cell] as number));
  return { shift: shift * Math.sqrt(information), rest };
}

/** Shares that add up to 1, none of them 0. */
function positive(shares: Float64Array): Float64Array {
  const raised = shares.map((share) => Math.max(minShare, share));
  const all = total(raised);
  return raised.map((share) => share / all);
}

/** Mean share of each cell, smoothed so that none is 0. */
function levelOf(windows: readonly TimedCounts[], cells: number): Float64Array {
  const sums = new Float64Array(cells).fill(0.5);
  for (const { counts } of windows) {
    for (let cell = 0; cell < cells; cell += 1) sums[cell] = (sums[cell] as number) + (counts[cell] as number);
  }
  const all = total(sums);
  return sums.map((sum) => sum / all);
}

/**
 * Deviations of each window from the share of all rows of its week, as a reference made of rows has it. Whole weeks have all slots; what is
 * left over at the end joins the last one.
 */
function deviationsOf(windows: readonly TimedCounts[], shares: readonly Float64Array[], rows: readonly number[]) {
  const first = dayOf(windows[0]?.at ?? 0);
  const days = dayOf(windows.at(-1)?.at ?? 0) - first + 1;
  const weeks = Math.max(1, Math.floor(days / daysPerWeek));
  const weekOf = windows.map(({ at }) => Math.min(weeks - 1, Math.floor((dayOf(at) - first) / daysPerWeek)));
  const cells = shares[0]?.length ?? 0;
  const sums = new Map<number, { size: number; counts: Float64Array }>();
  for (const [index, { counts }] of windows.entries()) {
    const week = weekOf[index] as number;
    const sum = sums.get(week) ?? { size: 0, counts: new Float64Array(cells) };
    sums.set(week, sum);
    sum.size += rows[index] as number;
    for (let cell = 0; cell < cells; cell += 1)
      sum.counts[cell] = (sum.counts[cell] as number) + (counts[cell] as number);
  }
  return shares.map((share, index) => {
    const { size, counts } = sums.get(weekOf[index] as number) as { size: number; counts: Float64Array };
    return share.map((value, cell) => value - (counts[cell] as number) / size);
  });
}

function spreadOf(differences: readonly Difference[], rows: readonly number[], isOrdered: boolean) {
  const usualRows = middle(rows);
  const shifts = differences.map(({ shift }) => shift);
  const vectors = differences.map(({ rest }, index) => {
    const root = Math.sqrt(rows[index] as number);
    return rest.map((value) => root * value);
  });
  const degrees = (vectors[0]?.length ?? 0) - (isOrdered ? 2 : 1);
  const factors = rows.map((own) => (phi: number) => own * varianceOf(phi, own, usualRows));
  const { statistics: restStatistics, ...rest } = restSpread(vectors, degrees, factors);
  if (!isOrdered) return { usualRows, shift: null, rest, statistics: restStatistics };
  const { statistics: shiftStatistics, ...shift } = shiftSpread(shifts, rows, usualRows);
  const statistics = restStatistics.map((value, index) => value + (shiftStatistics[index] as number));
  return { usualRows, shift, rest, statistics };
}

function shiftSpread(shifts: readonly number[], rows: readonly number[], usualRows: number) {
  const phi = phiOf(
    shifts.map((shift, index) => (rows[index] as number) * shift * shift),
    1,
  );
  const statistics = shifts.map((shift, index) => shift ** 2 / varianceOf(phi, rows[index] as number, usualRows));
  return { phi, effectiveWindows: effectiveCount(shifts), tail: tailOf(statistics), statistics };
}

/** @param factors for each window, its variance by φ in units of a row's */
function restSpread(
  vectors: readonly Float64Array[],
  degrees: number,
  factors: readonly ((phi: number) => number)[],
): Seasons["rest"] & { statistics: number[] } {
  const directions = mainDirections(vectors, Math.min(maxDirections, degrees)).map((vector) => {
    const scores = vectors.map((each) => dot(each, vector));
    return {
      vector,
      scores,
      phi: phiOf(
        scores.map((score) => score * score),
        1,
      ),
    };
  });
  const beside = vectors.map((each, index) =>
    Math.max(0, dot(each, each) - directions.reduce((sum, { scores }) => sum + (scores[index] as number) ** 2, 0)),
  );
  const degreesBeside = degrees - directions.length;
  const phi = degreesBeside > 0 ? phiOf(beside, degreesBeside) : 1;
  const statistics = beside.map((square, index) => {
    const factor = factors[index] ?? ((own: number) => own);
    return directions.reduce(
      (sum, each) => sum + (each.scores[index] as number) ** 2 / factor(each.phi),
      square / factor(phi),
    );
  });
  return {
    directions: directions.map((each) => ({ vector: each.vector, phi: each.phi })),
    phi,
    effectiveWindows: effectiveCount(directions[0]?.scores ?? statistics),
    tail: tailOf(statistics),
    statistics,
  };
}

function tailOf(statistics: readonly number[]): Spread["tail"] {
  return { upper: quantileOf(statistics, 0.8), top: quantileOf(statistics, 0.95) };
}

/**
 * Returns the variance of a direction in a window of so many rows. Groups of rows give φ / rows, common moves 1 / rows and a constant;
 * both were measured at the usual number of rows, and the larger one holds elsewhere.
 */
export function varianceOf(phi: number, rows: number, usualRows: number): number {
  return rows <= usualRows ? phi / rows : 1 / rows + (phi - 1) / usualRows;
}

function quantileOf(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] as number;
}

/** Robust φ: half of the windows may be anything. */
function phiOf(squares: readonly number[], degrees: number): number {
  return Math.max(1, middle(squares) / chiSquareQuantile(0.5, degrees));
}

/** Windows that follow each other resemble each other: with a correlation of r, n of them are worth n (1 − r) / (1 + r). */
function effectiveCount(scores: readonly number[]): number {
  let [products, squares] = [0, 0];
  for (let index = 1; index < scores.length; index += 1) {
    products += (scores[index] as number) * (scores[index - 1] as number);
    squares += (scores[index] as number) ** 2;
  }
  const correlation = squares > 0 ? Math.min(0.95, Math.max(0, products / squares)) : 0;
  return (scores.length * (1 - correlation)) / (1 + correlation);
}

function middle(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const at = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[at] as number) : ((sorted[at - 1] as number) + (sorted[at] as number)) / 2;
}
