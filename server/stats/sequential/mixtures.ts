import { logIncompleteBeta } from "../beta.ts";
import { incompleteGamma, logGamma } from "../gamma.ts";
import { normalShareBelow } from "../normal.ts";

/**
 * Mixture supermartingales: functions of a sum s and its intrinsic time v (a variance) whose logarithm ever reaches ln(1/α) with a
 * probability of at most α. Howard, Ramdas, McAuliffe, Sekhon, "Time-uniform, nonparametric, nonasymptotic confidence sequences",
 * Annals of Statistics 49, 2021, with the code of confseq as reference.
 */

/** Point at which a mixture is tightest, fixed before the data: at intrinsic time v for level α. */
export interface Tuning {
  v: number;
  alpha: number;
}

/** Returns the prior strength ρ that makes two-sided bounds tightest at the tuning. */
export function twoSidedScale({ v, alpha }: Tuning): number {
  const log = 2 * Math.log(1 / alpha);
  return v / (log + Math.log(1 + log));
}

const oneSidedScale = ({ v, alpha }: Tuning) => twoSidedScale({ v, alpha: 2 * alpha });

/** Computes the normal mixture, for sums of sub-Gaussian values. */
export function normalLogMixture(s: number, v: number, tuning: Tuning, sides: 1 | 2): number {
  const rho = sides === 1 ? oneSidedScale(tuning) : twoSidedScale(tuning);
  const exponent = (s * s) / (2 * (v + rho));
  if (sides === 2) return 0.5 * Math.log(rho / (v + rho)) + exponent;
  return 0.5 * Math.log((4 * rho) / (v + rho)) + exponent + Math.log(normalShareBelow(s / Math.sqrt(v + rho)));
}

/** Computes the one-sided mixture for sums whose upper tail is at most exponential with this scale. */
export function gammaExponentialLogMixture(s: number, v: number, tuning: Tuning, scale: number): number {
  const rho = oneSidedScale(tuning);
  const [before, after, reached] = [rho, v + rho, scale * s + v + rho].map((value) => value / scale ** 2) as Three;
  return (
    priorLog(before, incompleteGamma(before, before).lower) +
    logGamma(after) +
    Math.log(incompleteGamma(after, reached).lower) -
    after * Math.log(reached) +
    (scale * s + v) / scale ** 2
  );
}

/** Computes the one-sided mixture for counts of events minus their expected number; v is the expected number, times scale². */
export function gammaPoissonLogMixture(s: number, v: number, tuning: Tuning, scale: number): number {
  const rho = oneSidedScale(tuning);
  const [before, after, reached] = [rho, v + rho, scale * s + v + rho].map((value) => value / scale ** 2) as Three;
  return (
    priorLog(before, incompleteGamma(before, before).upper) +
    logGamma(reached) +
    Math.log(incompleteGamma(reached, after).upper) -
    reached * Math.log(after) +
    v / scale ** 2
  );
}

type Three = [number, number, number];

function priorLog(shape: number, share: number): number {
  return shape * Math.log(shape) - logGamma(shape) - Math.log(share);
}

/** Computes the mixture for sums of values between −g and h with mean 0: for Bernoulli(p) minus p, g = p and h = 1 − p. */
export function betaBinomialLogMixture(
  s: number,
  v: number,
  tuning: Tuning,
  { g, h }: { g: number; h: number },
  sides: 1 | 2,
): number {
  const rho = sides === 1 ? oneSidedScale(tuning) : twoSidedScale(tuning);
  const r = Math.max(rho - g * h, 1e-3 * g * h);
  const upTo = sides === 1 ? h / (g + h) : 1;
  const [a, b] = [g * (g + h), h * (g + h)];
  return (
    (v / (g * h)) * Math.log(g + h) -
    ((v + h * s) / b) * Math.log(g) -
    ((v - g * s) / a) * Math.log(h) +
    logIncompleteBeta(upTo, (r + v - g * s) / a, (r + v + h * s) / b) -
    logIncompleteBeta(upTo, r / a, r / b)
  );
}

/**
 * Computes the smallest s above 0 at which a log mixture reaches ln(1/α).
 * @param first start of the search, such as the intrinsic time. @param most the largest possible s, returned when none reaches it.
 */
export function mixtureBound(
  logMixture: (s: number) => number,
  alpha: number,
  first: number,
  most = Number.POSITIVE_INFINITY,
): number {
  const goal = Math.log(1 / alpha);
  let high = most === Number.POSITIVE_INFINITY ? first : most * (1 - 1e-12);
  for (let round = 0; most === Number.POSITIVE_INFINITY && round < 50 && logMixture(high) <= goal; round += 1)
    high *= 2;
  if (logMixture(high) < goal) return most;
  let low = 0;
  for (let round = 0; round < 200 && high - low > 1e-15 * high; round += 1) {
    const middle = (low + high) / 2;
    if (logMixture(middle) < goal) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** ζ(1.4), of the stitched bound's exponent. */
const zeta = 3.105547277977581;

/**
 * Computes the stitched bound of s at intrinsic time v (exponent 1.4, epochs that double): wider than a mixture for small v, but it
 * grows like √(v · ln ln v).
 * @param scale 0 for sub-Gaussian sums, otherwise as for sub-gamma ones.
 */
export function stitchedBound(v: number, alpha: number, vMin: number, scale: number): number {
  const time = Math.max(v, vMin);
  const k1 = (2 ** 0.25 + 2 ** -0.25) / Math.SQRT2;
  const k2 = (Math.SQRT2 + 1) / 2;
  const log = 1.4 * Math.log(Math.log((2 * time) / vMin)) + Math.log(zeta / Math.LN2 ** 1.4) + Math.log(1 / alpha);
  const linear = k2 * scale * log;
  return Math.sqrt(k1 * k1 * time * log + linear * linear) + linear;
}
