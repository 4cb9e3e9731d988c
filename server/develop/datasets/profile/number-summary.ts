import type { ColumnProfile } from "./contract.ts";

const sampleSize = 4096;
const binCount = 20;

/**
 * Exact minimum, maximum, mean and spread of numbers, with quantiles and bins from a uniform sample; in 32 KiB, regardless of their
 * count.
 */
export class NumberSummary {
  #count = 0;
  #min = Infinity;
  #max = -Infinity;
  #mean = 0;
  #squares = 0;
  #sample: number[] = [];
  // Fixed seed: the same file yields the same sample.
  #seed = 0x2545f491;

  /** Infinities are not counted: they have no mean. */
  add(value: number): void {
    if (!Number.isFinite(value)) return;
    this.#count += 1;
    this.#min = Math.min(this.#min, value);
    this.#max = Math.max(this.#max, value);
    // Welford: Technometrics 4 (1962). A sum of squares would lose all digits of large numbers that differ little.
    const delta = value - this.#mean;
    this.#mean += delta / this.#count;
    this.#squares += delta * (value - this.#mean);
    if (this.#sample.length < sampleSize) {
      this.#sample.push(value);
      return;
    }
    // Vitter's algorithm R: ACM TOMS 11 (1985).
    const index = Math.floor(this.#random() * this.#count);
    if (index < sampleSize) this.#sample[index] = value;
  }

  /** Returns the summary; null without any number. */
  summary(): ColumnProfile["numbers"] {
    if (this.#count === 0) return null;
    const sorted = this.#sample.toSorted((a, b) => a - b);
    const quantiles = Array.from({ length: 21 }, (_, step) => quantile(sorted, step / 20));
    // The ends are known exactly.
    quantiles[0] = this.#min;
    quantiles[20] = this.#max;
    return {
      min: this.#min,
      max: this.#max,
      mean: this.#mean,
      sd: this.#count > 1 ? Math.sqrt(this.#squares / (this.#count - 1)) : null,
      quantiles,
      bins: binsOf(sorted, this.#min, this.#max, this.#count),
      basis: this.#count > sampleSize ? "sample" : "all",
    };
  }

  /** Returns a random number from 0 to 1 by xorshift32 (Marsaglia 2003). */
  #random(): number {
    let word = this.#seed;
    word ^= word << 13;
    word ^= word >>> 17;
    word ^= word << 5;
    this.#seed = word;
    return (word >>> 0) / 2 ** 32;
  }
}

/** Interpolates linearly between neighbours, as NumPy's default. */
function quantile(sorted: readonly number[], share: number): number {
  const index = share * (sorted.length - 1);
  const below = sorted[Math.floor(index)] ?? 0;
  const above = sorted[Math.ceil(index)] ?? below;
  return below + (above - below) * (index % 1);
}

function binsOf(sorted: readonly number[], min: number, max: number, count: number) {
  if (min === max) return [{ from: min, to: max, count }];
  const width = max / binCount - min / binCount;
  const counts = new Array<number>(binCount).fill(0);
  for (const value of sorted) {
    const bin = Math.min(binCount - 1, Math.floor((value - min) / width));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const edge = (bin: number) => (bin === binCount ? max : min + bin * width);
  return counts.map((inSample, bin) => ({
    from: edge(bin),
    to: edge(bin + 1),
    count: Math.round((inSample * count) / sorted.length),
  }));
}
