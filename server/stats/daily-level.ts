import { median, robustDeviation } from "./robust.ts";
import { studentQuantile } from "./student-t.ts";

/** Model of a daily series: a level that drifts, with a trend and the effect of the day of the week. */
export interface DailyLevel {
  days: number;
  /** Whether the model is of logarithms: a trend is then a share a day, and days of the week differ by shares. */
  isLog: boolean;
  /** One for each speed at which the level may follow the days. */
  fits: readonly Fit[];
  /** Factor by which past forecasts of several days missed more than the model expects. */
  width: number;
}

/** A fit of level, trend and days of the week after smoothing with one factor. */
interface Fit {
  /** Smoothing factor with which the level follows the days, 0 to 0.8. */
  alpha: number;
  /** Effects: level, rise a day, days of the week. */
  effects: readonly number[];
  /** Inverse of the normal equations: the effects' covariance by the variance. */
  inverse: readonly (readonly number[])[];
  /** What the smoothing has added to the level after the last day. */
  carried: number;
  /** Variance of the errors of a day ahead. */
  variance: number;
  errors: readonly number[];
  /** Likelihood as a share of that of all. */
  weight: number;
}

const minDays = 5;
/** Days of the week have effects from two weeks on. */
const minSeasonDays = 14;
const alphas = [0, 0.04, 0.1, 0.2, 0.35, 0.55, 0.8];
/** Odds, before the days are seen, that the level keeps to its trend against each speed at which it may drift. */
const steadyOdds = 10;
/** Typical trend, as a share of the level a day: a Gaussian prior that a short history must overcome. */
const usualTrend = 0.015;
/** Share of its rise that a trend keeps from day to day (Gardner & McKenzie, "Forecasting trends in time series", 1985). */
const damping = 0.99;
/** Logarithms need days that are not nearly empty. */
const minLogShare = 0.1;

/**
 * Fits exponential smoothing with a damped trend and days of the week to daily values (Hyndman, Koehler, Ord and Snyder, "Forecasting with
 * exponential smoothing", 2008), in logarithms where no day is nearly empty. The speed at which the level drifts is seldom clear from a
 * few weeks, so all speeds count, each by its likelihood. The range is widened if the same model, fitted to the days before, missed past
 * weeks by more than it said.
 * @param days oldest first, complete ones @returns undefined for fewer than five
 */
export function dailyLevel(days: readonly number[]): DailyLevel | undefined {
  const fit = fitDays(days);
  return fit && { ...fit, width: conformalWidth(days) };
}

function fitDays(days: readonly number[]): DailyLevel | undefined {
  if (days.length < minDays || days.some((value) => !Number.isFinite(value))) return undefined;
  const isLog = Math.min(...days) > minLogShare * median(days);
  const values = isLog ? days.map(Math.log) : days;
  const designs = designsOf(values.length);
  const scale = isLog ? 1 : meanOf(days.map(Math.abs)) || 1;
  const noise = Math.min(...designs.map((design) => estimate(values, design, 0).variance));
  const precision = noise / (usualTrend * scale) ** 2;
  const fits = designs.map((design) => estimate(values, design, precision));
  const most = Math.max(...fits.map(({ evidence }) => evidence));
  const likelihoods = fits.map(({ evidence, alpha }) => (alpha === 0 ? steadyOdds : 1) * Math.exp(evidence - most));
  const sum = likelihoods.reduce(add, 0);
  return {
    days: days.length,
    isLog,
    fits: fits.map(({ evidence, ...fit }, at) => ({ ...fit, weight: (likelihoods[at] as number) / sum })),
    width: 1,
  };
}

/** What smoothing with one factor makes of the known part of each effect. */
interface Design {
  alpha: number;
  /** Errors by effect and day. */
  errors: readonly (readonly number[])[];
  /** Share of each effect in the level after the last day. */
  levels: readonly number[];
  /** Inverse of the normal equations, and the logarithm of their determinant. */
  inverse: readonly (readonly number[])[];
  logDeterminant: number;
}

/** Keeps equations solvable whose days do not tell an effect. */
const ridge = 1e-9;

/** They depend on the number of days alone, and a report of many rows has the same few. */
const knownDesigns = new Map<number, readonly Design[]>();
const maxKnown = 100;

function designsOf(count: number): readonly Design[] {
  const known = knownDesigns.get(count);
  if (known) return known;
  const rows = Array.from({ length: count }, (_, day) => effectsAt(day, count));
  const columns = (rows[0] as number[]).map((_, effect) => rows.map((row) => row[effect] as number));
  const designs = alphas.map((alpha) => {
    const smoothed = columns.map((column) => innovations(column, alpha));
    const errors = smoothed.map((one) => one.errors);
    const products = errors.map((one, row) =>
      errors.map((other, column) => dot(one, other) + (row === column ? ridge : 0)),
    );
    return { alpha, errors, levels: smoothed.map(({ level }) => level), ...invert(products) };
  });
  if (knownDesigns.size >= maxKnown) knownDesigns.clear();
  knownDesigns.set(count, designs);
  return designs;
}

/** Returns the known part of each effect on a day: level, rise since the last day, and six days of the week against the seventh. */
function effectsAt(day: number, count: number): number[] {
  const row = [1, rampAt(day, count)];
  if (count < minSeasonDays) return row;
  return [...row, ...Array.from({ length: 6 }, (_, weekday) => weekdayAt(day, weekday))];
}

/** Counted from the last day, so that the level is the present one; damped after it. */
function rampAt(day: number, count: number): number {
  const ahead = day - (count - 1);
  return ahead <= 0 ? ahead : (damping * (1 - damping ** ahead)) / (1 - damping);
}

/** Sums to zero over a week. */
function weekdayAt(day: number, weekday: number): number {
  if (day % 7 === weekday) return 1;
  return day % 7 === 6 ? -1 : 0;
}

/**
 * Finds the effects by least squares: all columns and the values are smoothed alike, so that the errors are linear in the effects.
 * @param precision of the prior of the rise, by the variance: it adds to one element of the equations (Sherman and Morrison, 1950)
 */
function estimate(values: readonly number[], design: Design, precision: number) {
  const { alpha, errors: known } = design;
  const target = innovations(values, alpha);
  const rise = design.inverse.map((row) => row[1] as number);
  const step = 1 + precision * (rise[1] as number);
  const inverse = design.inverse.map((row, at) =>
    row.map((value, column) => value - (precision * (rise[at] as number) * (rise[column] as number)) / step),
  );
  const logDeterminant = design.logDeterminant + Math.log(step);
  const moments = known.map((errors) => dot(errors, target.errors));
  const effects = inverse.map((row) => dot(row, moments));
  const errors = target.errors.map((error, day) =>
    effects.reduce((left, effect, at) => left - effect * (known[at]?.[day] ?? 0), error),
  );
  const squares = dot(errors, errors);
  const penalty = precision * (effects[1] ?? 0) ** 2;
  return {
    alpha,
    effects,
    inverse,
    carried: target.level,
    variance: squares / Math.max(1, values.length - known.length),
    errors,
    evidence: -logDeterminant / 2 - ((values.length - 1) / 2) * Math.log(squares + penalty + Number.MIN_VALUE),
  };
}

interface Smoothed {
  errors: number[];
  level: number;
}

/** Runs simple exponential smoothing from 0. @returns the errors of a day ahead, and the level after the last day */
function innovations(series: readonly number[], alpha: number): Smoothed {
  let level = 0;
  const errors = series.map((value) => {
    const error = value - level;
    level += alpha * error;
    return error;
  });
  return { errors, level };
}

/** An estimate with the range that contains it with the requested probability. */
export interface Estimate {
  value: number;
  low: number;
  high: number;
}

/**
 * Estimates the sum of the next days. For one speed the error consists of the error of every day ahead and its effect on the level, of the
 * uncertain level, trend and days of the week; over all speeds the variances are averaged, and the variance of their sums is added. The
 * range is Student's, since the variance is estimated, times the width by which past forecasts missed.
 */
export function sumAhead(fit: DailyLevel, ahead: number, level = 0.8): Estimate {
  const { mean, deviation } = forecast(fit, ahead);
  const half = studentQuantile((1 + level) / 2, freedomOf(fit)) * deviation * fit.width;
  if (!fit.isLog) return { value: mean, low: mean - half, high: mean + half };
  return { value: Math.exp(mean), low: Math.exp(mean - half), high: Math.exp(mean + half) };
}

/** Forecasts the sum of the next days, or its logarithm. */
function forecast(fit: DailyLevel, ahead: number): { mean: number; deviation: number } {
  const each = fit.fits.map((one) => ({ weight: one.weight, ...forecastOf(one, fit, ahead) }));
  const mean = each.reduce((sum, one) => sum + one.weight * one.mean, 0);
  const variance = each.reduce((sum, one) => sum + one.weight * (one.variance + (one.mean - mean) ** 2), 0);
  return { mean, deviation: Math.sqrt(variance) };
}

function forecastOf(one: Fit, { days, isLog, fits }: DailyLevel, ahead: number) {
  const { alpha, effects, carried, variance } = one;
  const levels = designsOf(days)[fits.indexOf(one)]?.levels ?? [];
  const known = Array.from({ length: ahead }, (_, at) =>
    effectsAt(days + at, days).map((value, effect) => value - (levels[effect] as number)),
  );
  const means = known.map((row) => carried + dot(row, effects));
  // A sum of logarithmic days is as sure as its days, each by its share.
  const amounts = isLog ? means.map((mean) => Math.exp(mean + variance / 2)) : means.map(() => 1);
  const total = amounts.reduce(add, 0);
  const shares = isLog ? amounts.map((amount) => amount / total) : amounts;
  const row = levels.map((_, effect) =>
    known.reduce((sum, of, at) => sum + (shares[at] as number) * (of[effect] as number), 0),
  );
  let later = 0;
  let own = 0;
  for (let at = ahead - 1; at >= 0; at -= 1) {
    own += ((shares[at] as number) + alpha * later) ** 2;
    later += shares[at] as number;
  }
  return {
    mean: isLog ? Math.log(total) : means.reduce(add, 0),
    variance: variance * (own + quadratic(one.inverse, row)),
  };
}

function freedomOf({ days, fits }: DailyLevel): number {
  return Math.max(1, days - (fits[0]?.effects.length ?? 0));
}

/** Past forecasts reach a week ahead, from days that have the same effects as now. */
const maxAhead = 7;
const stepDays = 2;
/** Number of past forecasts by which a miss counts as much as the model. */
const trust = 3;

/**
 * Computes by how much past forecasts missed more than their ranges said: the 80% quantile of the misses in units of the range (split
 * conformal prediction: Vovk, Gammerman and Shafer, 2005), from the fits to the days before, weighted by their number.
 */
function conformalWidth(days: readonly number[]): number {
  const misses: number[] = [];
  for (let end = days.length - 1; end >= Math.max(minSeasonDays + 2, days.length / 2); end -= stepDays) {
    const ahead = Math.min(maxAhead, days.length - end);
    const fit = fitDays(days.slice(0, end));
    if (!fit) break;
    const { mean, deviation } = forecast(fit, ahead);
    const sum = days.slice(end, end + ahead).reduce(add, 0);
    const real = fit.isLog ? Math.log(Math.max(sum, Number.MIN_VALUE)) : sum;
    const half = studentQuantile(0.9, freedomOf(fit)) * deviation;
    if (half > 0) misses.push(Math.abs(real - mean) / half);
  }
  if (misses.length < 5) return 1;
  const sorted = misses.toSorted((a, b) => a - b);
  const quantile = sorted[Math.min(sorted.length, Math.ceil(0.8 * (sorted.length + 1))) - 1] as number;
  const share = misses.length / (misses.length + trust);
  return Math.exp(share * Math.log(Math.min(3, Math.max(0.5, quantile))));
}

/** A day beside what the days before it let expect. */
export interface EvaluatedDay {
  expected: number;
  /** Usual range. */
  low: number;
  high: number;
  isUnusual: boolean;
}

/**
 * Probability that an ordinary day lies outside, for normal errors. One in 200 is what a few weeks can say: beside n days, that a day is
 * further off than all of them is true of one in n + 1.
 */
const unusualChance = 0.005;
/** Less is seldom worth a look, however steady the days before were. */
const minShare = 0.2;
/** Share of the days before that may have been as far away: a few odd days do not hide the next one. */
const oddShare = 0.05;

/**
 * Evaluates whether a day is unlike those before it: outside of Student's range for one more day, with the errors of the effects, further
 * away than nearly all of the days before, and by at least a fifth of the expected value. Until two weeks are known, days of the week have
 * no effects, so that it must also be unlike the day a week before.
 * @returns undefined with fewer than ten days before it: too few to decide
 */
export function evaluateDay(before: readonly number[], value: number): EvaluatedDay | undefined {
  const fit = before.length < 2 * minDays ? undefined : fitDays(withoutOdd(before));
  if (!fit) return undefined;
  const { mean, deviation } = forecast(fit, 1);
  const best = fit.fits.reduce((a, b) => (b.weight > a.weight ? b : a));
  const distances = best.errors.map(Math.abs).toSorted((a, b) => b - a);
  // Days on which nothing ever happens say nothing about how far others are off.
  const moved = distances.filter((distance) => distance > 1e-9 * Math.abs(mean)).length;
  const spread = deviation * Math.sqrt(moved > 0 ? distances.length / moved : 1);
  const limit = studentQuantile(1 - unusualChance / 2, freedomOf(fit)) * spread;
  const half = Math.max(limit, distances[Math.ceil(oddShare * distances.length)] ?? 0);
  const expected = fit.isLog ? Math.exp(mean) : mean;
  const [below, above] = fit.isLog ? [Math.exp(mean - half), Math.exp(mean + half)] : [mean - half, mean + half];
  const least = minShare * Math.abs(expected);
  const [low, high] = [Math.min(below, expected - least), Math.max(above, expected + least)];
  const weekBefore = before.length < minSeasonDays ? before.at(-7) : undefined;
  const isLikeWeekBefore = weekBefore !== undefined && Math.abs(value - weekBefore) <= minShare * Math.abs(weekBefore);
  return { expected, low, high, isUnusual: (value < low || value > high) && !isLikeWeekBefore };
}

/** Replaces days that are far off by what the others let expect, so that they do not move the fit. */
function withoutOdd(days: readonly number[]): readonly number[] {
  if (days.length < minSeasonDays) return days;
  const weekdays = Array.from({ length: 7 }, (_, weekday) => median(days.filter((_, day) => day % 7 === weekday)));
  const errors = days.map((value, day) => value - (weekdays[day % 7] as number));
  const spread = robustDeviation(errors.filter((error) => error !== 0));
  return days.map((value, day) =>
    spread > 0 && Math.abs(errors[day] as number) > oddDeviations * spread ? (weekdays[day % 7] as number) : value,
  );
}

const oddDeviations = 6;

/** Inverts a small positive definite matrix by Gauss–Jordan elimination. */
function invert(matrix: readonly (readonly number[])[]): { inverse: number[][]; logDeterminant: number } {
  const size = matrix.length;
  const rows = matrix.map((row, at) => [...row, ...row.map((_, column) => Number(column === at))]);
  let logDeterminant = 0;
  for (let column = 0; column < size; column += 1) {
    const pivotRow = rows[column] as number[];
    const pivot = Math.max(pivotRow[column] as number, 1e-12);
    logDeterminant += Math.log(pivot);
    for (let at = 0; at < 2 * size; at += 1) pivotRow[at] = (pivotRow[at] as number) / pivot;
    for (let row = 0; row < size; row += 1) {
      if (row === column) continue;
      const target = rows[row] as number[];
      const factor = target[column] as number;
      for (let at = 0; at < 2 * size; at += 1) target[at] = (target[at] as number) - factor * (pivotRow[at] as number);
    }
  }
  return { inverse: rows.map((row) => row.slice(size)), logDeterminant };
}

function quadratic(matrix: readonly (readonly number[])[], row: readonly number[]): number {
  return Math.max(
    0,
    matrix.reduce((sum, of, at) => sum + (row[at] as number) * dot(of, row), 0),
  );
}

function dot(one: readonly number[], other: readonly number[]): number {
  let sum = 0;
  for (let at = 0; at < one.length; at += 1) sum += (one[at] as number) * (other[at] as number);
  return sum;
}

function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce(add, 0) / values.length;
}

function add(sum: number, value: number): number {
  return sum + value;
}
