/** What is known of the mean of a sample: with fewer than two values there is no interval. */
export interface MeanInterval {
  low: number;
  high: number;
}

/**
 * The interval that covers the true mean with a probability of `level`, when values are about normal: mean ± t · s / √n, with
 * Student's t of n − 1 degrees of freedom (Student, "The probable error of a mean", Biometrika 6, 1908).
 * @param deviation standard deviation of the sample, by n − 1.
 * @returns undefined for fewer than two values: too few to say.
 */
export function meanInterval(
  sample: { count: number; mean: number; deviation: number },
  level = 0.95,
): MeanInterval | undefined {
  const { count, mean, deviation } = sample;
  if (count < 2 || !Number.isFinite(mean) || !Number.isFinite(deviation)) return undefined;
  const half = (studentQuantile(1 - (1 - level) / 2, count - 1) * deviation) / Math.sqrt(count);
  return { low: mean - half, high: mean + half };
}

/**
 * Quantile of Student's t distribution.
 * @param probability above 0.5 and below 1. @param freedom degrees of freedom, at least 1.
 */
export function studentQuantile(probability: number, freedom: number): number {
  // The tail of two sides is a regularised incomplete beta function of x = ν / (ν + t²), which grows with x.
  const tail = 2 * (1 - probability);
  let [low, high] = [0, 1];
  for (let round = 0; round < 200 && high - low > Number.EPSILON * high; round++) {
    const middle = (low + high) / 2;
    if (incompleteBeta(middle, freedom / 2, 0.5) < tail) low = middle;
    else high = middle;
  }
  const x = (low + high) / 2;
  return Math.sqrt((freedom * (1 - x)) / x);
}

/** Regularised incomplete beta function I_x(a, b), by its continued fraction: https://dlmf.nist.gov/8.17.E22 */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The fraction converges fast on one side of the mean only; on the other its mirror image is used.
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a;
  return front * fraction(x, a, b);
}

/** Evaluated from the front (modified Lentz, Thompson and Barnett 1986). */
function fraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  const away = (value: number) => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let result = d;
  for (let m = 1; m < 500; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    result *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    const factor = d * c;
    result *= factor;
    if (Math.abs(factor - 1) < 1e-15) break;
  }
  return result;
}

/** Logarithm of the gamma function for positive numbers (Lanczos, g = 7, nine terms; relative error below 1e-13). */
function logGamma(z: number): number {
  if (z < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * z)) - logGamma(1 - z);
  const sum = lanczos.reduce((total, term, index) => (index === 0 ? term : total + term / (z - 1 + index)), 0);
  const t = z + 6.5;
  return 0.5 * Math.log(2 * Math.PI) + (z - 0.5) * Math.log(t) - t + Math.log(sum);
}

const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];
