import { robustDeviation } from "./robust.ts";
import { studentQuantile } from "./student-t.ts";

/** Model of a daily series: a drifting level, plus the effect of the day of the week. */
export interface DailyLevel {
  /** One for each way in which the level may follow the days, with how well it foretold them. */
  fits: readonly Fit[];
  /** Additive effect of each of seven days, by index in the series modulo 7; zeros with less than two weeks. */
  week: readonly number[];
  days: number;
}

interface Fit {
  /** Level of the day after the last one, without the effect of its day of the week. */
  level: number;
  /** Smoothing factor with which the level follows the days, 0 to 0.95. */
  alpha: number;
  /** Effect of the unknown starting level on the level, as a share of the variance. */
  startShare: number;
  /** Variance of the errors of foretelling each day by those before it. */
  variance: number;
  errors: readonly number[];
  /** Likelihood as a share of that of all. */
  weight: number;
}

const minDays = 5;
const minWeeks = 2;
/** Closer to each other where a little more makes a larger difference to the range. */
const alphas = [0, 0.01, 0.02, 0.04, 0.07, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.65, 0.8, 0.95];

/**
 * Fits simple exponential smoothing (ETS(A,N,N) of Hyndman, Koehler, Ord and Snyder, "Forecasting with exponential smoothing", 2008)
 * to the days minus the mean of their day of the week. The speed at which the level drifts is seldom clear from a few weeks, so all
 * speeds count, each by its likelihood: ranges based on the best one alone were found to contain 71% instead of 80%.
 * @param days oldest first, complete ones @returns undefined for fewer than five
 */
export function dailyLevel(days: readonly number[]): DailyLevel | undefined {
  if (days.length < minDays) return undefined;
  const week = weekOf(days);
  const plain = days.map((value, at) => value - (week[at % 7] ?? 0));
  const fits = alphas.map((alpha) => smooth(plain, alpha));
  const least = Math.min(...fits.map(({ variance }) => variance));
  const likelihoods = fits.map(({ variance }) => (variance > 0 ? (least / variance) ** (days.length / 2) : 1));
  const sum = likelihoods.reduce(add, 0);
  return { fits: fits.map((fit, at) => ({ ...fit, weight: (likelihoods[at] ?? 0) / sum })), week, days: days.length };
}

function weekOf(days: readonly number[]): number[] {
  const none = Array.from({ length: 7 }, () => 0);
  if (days.length < minWeeks * 7) return none;
  const mean = meanOf(days);
  return none.map((_, index) => meanOf(days.filter((_, at) => at % 7 === index)) - mean);
}

/**
 * Smooths the days for one alpha. Least squares determines the level before the first day: the errors are those from 0 minus (1 − α)^t
 * of it.
 */
function smooth(plain: readonly number[], alpha: number): Omit<Fit, "weight"> {
  const shares = plain.map((_, at) => (1 - alpha) ** at);
  let fromZero = 0;
  const raw = plain.map((value) => {
    const error = value - fromZero;
    fromZero += alpha * error;
    return error;
  });
  const known = shares.reduce((sum, share) => sum + share * share, 0);
  const start = raw.reduce((sum, error, at) => sum + error * (shares[at] ?? 0), 0) / known;
  const errors = raw.map((error, at) => error - start * (shares[at] ?? 0));
  const left = (1 - alpha) ** plain.length;
  const variance = errors.reduce((sum, error) => sum + error * error, 0) / Math.max(1, plain.length - 2);
  return { level: fromZero + left * start, alpha, variance, errors, startShare: left ** 2 / known };
}

/** An estimate with the range that contains it with the requested probability. */
export interface Estimate {
  value: number;
  low: number;
  high: number;
}

/**
 * Estimates the sum of the next days. For one alpha its error consists of the error of every day ahead and its effect on the level, Σ
 * (1 + α (H − j))² σ² for j = 1 … H, and the error of the initial level; days of the week add 7 / n of a day's variance for each day
 * ahead. Over all alphas the variances are averaged, and the variance of their sums is added. The range is Student's, since σ is
 * estimated.
 */
export function sumAhead({ fits, week, days }: DailyLevel, ahead: number, level = 0.8): Estimate {
  const ofWeek = Array.from({ length: ahead }, (_, at) => week[(days + at) % 7] ?? 0).reduce(add, 0);
  const mean = fits.reduce((sum, fit) => sum + fit.weight * fit.level, 0);
  const hasWeek = week.some((effect) => effect !== 0);
  const variance = fits.reduce((sum, fit) => {
    const steps = Array.from({ length: ahead }, (_, at) => (1 + fit.alpha * (ahead - 1 - at)) ** 2).reduce(add, 0);
    const start = ahead * ahead * fit.startShare;
    const own = fit.variance * (steps + start + (hasWeek ? (7 / days) * ahead : 0));
    return sum + fit.weight * (own + (ahead * (fit.level - mean)) ** 2);
  }, 0);
  const value = ahead * mean + ofWeek;
  const half = studentQuantile((1 + level) / 2, Math.max(1, days - 2)) * Math.sqrt(variance);
  return { value, low: value - half, high: value + half };
}

/** A day beside what the days before it let expect. */
export interface EvaluatedDay {
  expected: number;
  /** Usual range. */
  low: number;
  high: number;
  isUnusual: boolean;
}

/** Number of robust deviations: with normal errors, one day in 16,000 lies outside. */
const unusualDeviations = 4;
/** Less is seldom worth a look, however steady the days before were. */
const minShare = 0.2;

/**
 * Evaluates whether a day is unlike those before it: outside of four robust standard deviations (by the median of the forecast errors,
 * which a few odd days cannot widen) and at least a fifth away from the expected value.
 * @returns undefined with fewer than ten days before it: too few to decide
 */
export function evaluateDay(before: readonly number[], value: number): EvaluatedDay | undefined {
  const fit = before.length < 2 * minDays ? undefined : dailyLevel(before);
  if (!fit) return undefined;
  const best = fit.fits.reduce((a, b) => (b.weight > a.weight ? b : a));
  const expected = best.level + (fit.week[fit.days % 7] ?? 0);
  const half = Math.max(unusualDeviations * robustDeviation(best.errors), minShare * Math.abs(expected));
  return { expected, low: expected - half, high: expected + half, isUnusual: Math.abs(value - expected) > half };
}

function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce(add, 0) / values.length;
}

function add(sum: number, value: number): number {
  return sum + value;
}
