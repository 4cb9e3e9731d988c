import { requireCounts } from "../../argument-error.ts";
import { hypergeometricTail } from "../../hypergeometric.ts";
import { minSeasonWindows, varianceOf } from "./fit-seasons.ts";
import { dayOf, effectAt, fitWeekEffects, type WeekEffects } from "./week-effects.ts";

/** Rows of an ordinary window that have something (a missing value, an unseen level …). */
export interface TimedShare {
  /** Start, in milliseconds since 1970. */
  at: number;
  hits: number;
  rows: number;
}

/** How a share of rows usually varies: with the week, and by which factor more than independent rows. */
export interface ShareSeasons {
  /** Mean share of the windows; above 0. */
  level: number;
  effects: WeekEffects;
  phi: number;
  usualRows: number;
}

/** Rows are taken as groups of so many until ten windows show how they vary. */
const assumedPhi = 5;

/**
 * Fits how a share of rows usually varies (docs/spec/drift.md section 6.8). φ is the third quartile of the days' mean X²: where few windows
 * have any hits, their median is 0, and an outage of some hours moves one day only.
 * @returns undefined for fewer than 10 windows with rows
 */
export function fitShareSeasons(given: readonly TimedShare[]): ShareSeasons | undefined {
  const windows = given.filter(({ rows }) => rows > 0);
  if (windows.length < minSeasonWindows) return undefined;
  const [hits, rows] = [sumOf(windows, "hits"), sumOf(windows, "rows")];
  const level = (hits + 0.5) / (rows + 1);
  const times = windows.map(({ at }) => at);
  const deviations = windows.map((window) => Float64Array.of(window.hits / window.rows - level));
  const { effects, errors } = fitWeekEffects(times, deviations);
  const days = new Map<number, { sum: number; count: number }>();
  for (const [index, window] of windows.entries()) {
    const day = days.get(dayOf(window.at)) ?? { sum: 0, count: 0 };
    const error = (errors[index] as Float64Array)[0] as number;
    days.set(dayOf(window.at), {
      sum: day.sum + (window.rows * error * error) / (level * (1 - level)),
      count: day.count + 1,
    });
  }
  const means = [...days.values()].map(({ sum, count }) => sum / count).sort((a, b) => a - b);
  const phi = Math.max(1, means[Math.floor(0.75 * means.length)] ?? 1);
  const sizes = windows.map((window) => window.rows).sort((a, b) => a - b);
  return { level, effects, phi, usualRows: sizes[sizes.length >> 1] as number };
}

/**
 * Tests whether more rows have something than is usual at a time: Fisher's one-sided tail of counts divided by φ (Rao and Scott 1992), which
 * groups of rows reduce to one row each. The expected share is that of the reference, moved as ordinary windows move at that hour.
 * @param seasons undefined while fewer than ten windows are known: groups of five rows are assumed
 * @returns the largest share that is not an alarm, and the probability of so many hits @throws ArgumentError for rows that are not counts
 */
export function seasonalShareTest(
  seasons: ShareSeasons | undefined,
  options: {
    at: number | null;
    hits: number;
    rows: number;
    referenceShare: number;
    referenceRows: number;
    alpha: number;
  },
): { line: number; pValue: number; isAlarm: boolean } {
  const { at, hits, rows, referenceShare, referenceRows, alpha } = options;
  requireCounts([hits, rows, referenceRows], "Rows");
  if (rows === 0) return { line: Number.POSITIVE_INFINITY, pValue: 1, isAlarm: false };
  const phi = seasons ? rows * varianceOf(seasons.phi, rows, seasons.usualRows) : assumedPhi;
  const expected = expectedShare(seasons, referenceShare, at);
  const drawn = Math.max(1, Math.round(rows / phi));
  const before = Math.max(1, Math.round(referenceRows / phi));
  const marked = Math.min(before, Math.ceil(expected * before));
  const tail = (count: number) => hypergeometricTail(count, { total: drawn + before, marked: count + marked, drawn });
  let [quiet, alarm] = [0, drawn + 1];
  while (alarm - quiet > 1) {
    const middle = Math.floor((quiet + alarm) / 2);
    if (tail(middle) < alpha) alarm = middle;
    else quiet = middle;
  }
  const own = Math.min(drawn, Math.floor(hits / phi));
  return { line: quiet >= drawn ? Infinity : ((quiet + 1) * phi) / rows, pValue: tail(own), isAlarm: own > quiet };
}

function expectedShare(seasons: ShareSeasons | undefined, reference: number, at: number | null): number {
  if (!seasons || at === null) return reference;
  const effect = effectAt(seasons.effects, at)[0] as number;
  const multiplied = reference * Math.max(0, (seasons.level + effect) / seasons.level);
  return Math.min(1, Math.max(0, multiplied, reference + effect));
}

function sumOf(windows: readonly TimedShare[], key: "hits" | "rows"): number {
  return windows.reduce((sum, window) => sum + window[key], 0);
}
