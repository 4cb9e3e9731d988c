import { logChoose, logFactorial } from "../../log-factorial.ts";

/**
 * Computes the exact tail of the one-sample two-sided statistic D of n values, by the method that is precise in the given range
 * (docs/spec/drift.md section 3.4; Simard and L'Ecuyer, "Computing the two-sided Kolmogorov–Smirnov distribution", 2011).
 */
export function oneSampleTail(d: number, n: number): number {
  const t = n * d;
  const s = n * d * d;
  if (d <= 0 || t <= 0.5) return 1;
  if (d >= 1) return 0;
  if (t <= 1) return 1 - Math.exp(logFactorial(n) - n * Math.log(n) + n * Math.log(2 * t - 1));
  if (t >= n - 1) return 2 * (1 - d) ** n;
  if (d >= 0.5) return 2 * smirnovTail(n, d);
  if (n <= 140) return s <= 4 ? 1 - marsagliaTsangWang(n, d) : 2 * smirnovTail(n, d);
  if (s >= 370) return 0;
  if (s >= 2.2) return 2 * smirnovTail(n, d);
  if (n <= 100_000 && n * d ** 1.5 <= 1.4) return 1 - marsagliaTsangWang(n, d);
  return 1 - pelzGood(n, d);
}

/** Computes Smirnov's one-sided tail, each term through logarithms. */
function smirnovTail(n: number, d: number): number {
  let sum = 0;
  for (let j = 0; j <= Math.floor(n * (1 - d)); j += 1) {
    const rest = 1 - d - j / n;
    const power = rest <= 0 ? (n === j ? 0 : Number.NEGATIVE_INFINITY) : (n - j) * Math.log(rest);
    sum += Math.exp(logChoose(n, j) + (j - 1) * Math.log(d + j / n) + power);
  }
  return d * sum;
}

/**
 * Computes Marsaglia, Tsang and Wang, "Evaluating Kolmogorov's distribution", 2003: a power of a small matrix, scaled to avoid
 * overflow.
 */
function marsagliaTsangWang(n: number, d: number): number {
  const k = Math.floor(n * d) + 1;
  const h = k - n * d;
  const size = 2 * k - 1;
  const matrix = new Float64Array(size * size);
  for (let i = 0; i < size; i += 1) for (let j = 0; j < size; j += 1) matrix[i * size + j] = i - j + 1 >= 0 ? 1 : 0;
  for (let i = 0; i < size; i += 1) {
    matrix[i * size] = (matrix[i * size] as number) - h ** (i + 1);
    const last = (size - 1) * size + i;
    matrix[last] = (matrix[last] as number) - h ** (size - i);
  }
  const corner = (size - 1) * size;
  matrix[corner] = (matrix[corner] as number) + Math.max(0, 2 * h - 1) ** size;
  for (let i = 0; i < size; i += 1)
    for (let j = 0; j < size; j += 1)
      if (i - j + 1 > 0) matrix[i * size + j] = (matrix[i * size + j] as number) / Math.exp(logFactorial(i - j + 1));
  const { values, exponent } = power(matrix, size, n);
  const middle = values[(k - 1) * size + k - 1] as number;
  return Math.exp(Math.log(middle) + exponent * Math.LN10 + logFactorial(n) - n * Math.log(n));
}

function power(matrix: Float64Array, size: number, n: number): { values: Float64Array; exponent: number } {
  if (n === 1) return { values: matrix, exponent: 0 };
  const half = power(matrix, size, Math.floor(n / 2));
  let values = product(half.values, half.values, size);
  let exponent = 2 * half.exponent;
  if (n % 2 === 1) values = product(matrix, values, size);
  if ((values[((size - 1) / 2) * (size + 1)] as number) > 1e140) {
    values = values.map((value) => value * 1e-140);
    exponent += 140;
  }
  return { values, exponent };
}

function product(a: Float64Array, b: Float64Array, size: number): Float64Array {
  const result = new Float64Array(size * size);
  for (let i = 0; i < size; i += 1)
    for (let k = 0; k < size; k += 1) {
      const factor = a[i * size + k] as number;
      if (factor === 0) continue;
      for (let j = 0; j < size; j += 1)
        result[i * size + j] = (result[i * size + j] as number) + factor * (b[k * size + j] as number);
    }
  return result;
}

/** Computes Pelz and Good, "Approximating the lower tail-areas of the Kolmogorov–Smirnov one-sample statistic", 1976. */
function pelzGood(n: number, d: number): number {
  const z = Math.sqrt(n) * d;
  const z2 = z * z;
  const [z4, z6] = [z2 * z2, z2 * z2 * z2];
  const pi2 = Math.PI * Math.PI;
  const [pi4, pi6] = [pi2 * pi2, pi2 * pi2 * pi2];
  const sums = [0, 0, 0, 0, 0, 0] as [number, number, number, number, number, number];
  for (let j = -20; j <= 20; j += 1) {
    const half = (j + 0.5) ** 2;
    const e = Math.exp((-pi2 * half) / (2 * z2));
    const f = Math.exp((-pi2 * j * j) / (2 * z2));
    sums[0] += e;
    sums[1] += (pi2 * half - z2) * e;
    sums[2] += (6 * z6 + 2 * z4 + pi2 * (2 * z4 - 5 * z2) * half + pi4 * (1 - 2 * z2) * half * half) * e;
    sums[3] += pi2 * j * j * f;
    sums[4] +=
      (pi6 * (5 - 30 * z2) * half ** 3 +
        pi4 * (-60 * z2 + 212 * z4) * half ** 2 +
        pi2 * (135 * z4 - 96 * z6) * half -
        (30 * z6 + 90 * z4 * z4)) *
      e;
    sums[5] += (3 * pi2 * z2 * j * j - pi4 * j ** 4) * f;
  }
  const c = Math.sqrt(Math.PI / 2);
  const k0 = (c / z) * sums[0];
  const k1 = (c / (6 * z4)) * sums[1];
  const k2 = (c / (72 * z6 * z)) * sums[2] - (c / (36 * z2 * z)) * sums[3];
  const k3 = (c / (6480 * z6 * z4)) * sums[4] + (c / (216 * z6)) * sums[5];
  return k0 + k1 / Math.sqrt(n) + k2 / n + k3 / n ** 1.5;
}
