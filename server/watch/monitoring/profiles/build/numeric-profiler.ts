import type { NumericProfile } from "#server/watch/monitoring/state/contract.ts";
import { countBins, quantileEdges } from "./quantile-edges.ts";
import { type CountedValues, ValueCounter } from "./value-counter.ts";

const batchSize = 1024;
/** Maximum number of distinct values stored with their counts, so that compatible scores are exact (docs/spec/drift.md section 3.2). */
const maxStored = 20;

/** Gathers the profile of numbers, value by value, in memory that does not grow with the rows. */
export class NumericProfiler {
  readonly #values: ValueCounter;
  readonly #batch = new Float64Array(batchSize);
  #filled = 0;
  #count = 0;
  #mean = 0;
  #m2 = 0;
  #min = Infinity;
  #max = -Infinity;
  #zeros = 0;
  #isInteger = true;
  #missing = { nulls: 0, nans: 0, posInf: 0, negInf: 0 };

  /** @param capacity number of distinct values up to which quantiles are exact; see ValueCounter. */
  constructor(capacity: number) {
    this.#values = new ValueCounter(capacity);
  }

  /** @param value null if missing, which differs from NaN. */
  add(value: number | null): void {
    if (value === null) this.#missing.nulls += 1;
    else if (Number.isFinite(value)) {
      this.#batch[this.#filled] = value;
      this.#filled += 1;
      if (this.#filled === batchSize) this.#flush();
    } else if (Number.isNaN(value)) this.#missing.nans += 1;
    else if (value > 0) this.#missing.posInf += 1;
    else this.#missing.negInf += 1;
  }

  /** Adds every `step`th number from `start` on; NaN is a missing value here. */
  addAll(values: Float64Array, start: number, step: number): void {
    for (let at = start; at < values.length; at += step) {
      const value = values[at] as number;
      if (value - value !== 0) this.add(Number.isNaN(value) ? null : value);
      else {
        this.#batch[this.#filled] = value;
        this.#filled += 1;
        if (this.#filled === batchSize) this.#flush();
      }
    }
  }

  /** Returns the profile of the values added so far. Without any finite value there are no edges, and one empty bin. */
  profile(): NumericProfile {
    this.#flush();
    const entries = this.#values.entries();
    const values = this.#isInteger && !entries.isExact ? integerEnds(entries) : entries;
    const edges = this.#count > 0 ? quantileEdges(values, this.#count) : [];
    return {
      kind: "numeric",
      count: this.#count,
      ...this.#missing,
      zeros: this.#zeros,
      min: this.#count > 0 ? this.#min : 0,
      max: this.#count > 0 ? this.#max : 0,
      mean: this.#mean,
      m2: this.#m2,
      edges,
      bins: countBins(values, edges),
      isInteger: this.#count > 0 && this.#isInteger,
      values:
        entries.isExact && entries.values.length <= maxStored
          ? Array.from(entries.values, (value, entry) => [value, entries.counts[entry] as number])
          : null,
    };
  }

  #flush(): void {
    const count = this.#filled;
    if (count === 0) return;
    this.#filled = 0;
    let sum = 0;
    for (let index = 0; index < count; index += 1) {
      const value = this.#batch[index] as number;
      this.#values.add(value);
      // Shifted by the first value: a sum of large numbers with small differences keeps its digits.
      sum += value - (this.#batch[0] as number);
      if (value < this.#min) this.#min = value;
      if (value > this.#max) this.#max = value;
      if (value === 0) this.#zeros += 1;
      if (this.#isInteger && !Number.isInteger(value)) this.#isInteger = false;
    }
    const mean = (this.#batch[0] as number) + sum / count;
    let m2 = 0;
    for (let index = 0; index < count; index += 1) m2 += ((this.#batch[index] as number) - mean) ** 2;
    this.#merge(count, mean, m2);
  }

  /** Merges moments by Chan, Golub, LeVeque (docs/spec/drift.md section 5.2). */
  #merge(count: number, mean: number, m2: number): void {
    const delta = mean - this.#mean;
    const total = this.#count + count;
    this.#mean += (delta * count) / total;
    this.#m2 += m2 + (delta * delta * this.#count * count) / total;
    this.#count = total;
  }
}

/** Rounds the ends of entries down: the counted values are whole numbers. */
function integerEnds({ values, counts, isExact }: CountedValues): CountedValues {
  return { values: values.map(Math.floor), counts, isExact };
}
