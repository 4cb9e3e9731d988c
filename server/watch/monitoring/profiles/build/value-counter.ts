const signBit = 0x80000000;
const minSlots = 1024;

/** Values in ascending order with how often each was there. */
export interface CountedValues {
  /** Highest double that belongs to the entry; the value itself unless values were merged. */
  values: Float64Array;
  counts: Float64Array;
  /** Whether every entry is a single value. */
  isExact: boolean;
}

/**
 * Counts numbers in bounded memory, so that quantiles of millions of rows need only one pass. While there are at most `capacity` distinct
 * values, each is counted separately. Beyond that, doubles that share their first bits (sign, exponent, the first of the mantissa) are
 * one entry, with the maximum number of bits that leaves at most `capacity` entries: the counts stay exact, and only the boundaries
 * between entries are no longer arbitrary. The result depends on the values alone, not on their order.
 */
export class ValueCounter {
  readonly #capacity: number;
  #high: Uint32Array;
  #low: Uint32Array;
  #counts: Float64Array;
  #size = 0;
  /** Bits at the end of a double that no longer tell values apart. */
  #merged = 0;
  readonly #double = new Float64Array(1);
  readonly #words = new Uint32Array(this.#double.buffer);

  /** @param capacity maximum number of entries, at least 512; each takes about 32 bytes. */
  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#high = new Uint32Array(minSlots);
    this.#low = new Uint32Array(minSlots);
    this.#counts = new Float64Array(minSlots);
  }

  /** @param value must be finite. */
  add(value: number): void {
    // −0 and 0 are the same number.
    this.#double[0] = value === 0 ? 0 : value;
    const high = this.#words[1] as number;
    const low = this.#words[0] as number;
    // Read as unsigned integers, these words have the order of the doubles.
    const isNegative = high >= signBit;
    this.#count(
      this.#highOf(isNegative ? ~high >>> 0 : (high ^ signBit) >>> 0),
      this.#lowOf(isNegative ? ~low >>> 0 : low),
      1,
    );
    if (this.#size * 2 > this.#counts.length) this.#grow();
  }

  entries(): CountedValues {
    const words = this.#sorted();
    const values = new Float64Array(this.#size);
    const counts = new Float64Array(this.#size);
    for (let index = 0; index < values.length; index += 1) {
      const slot = this.#slotOf(this.#at(words, 2 * index + 1), this.#at(words, 2 * index));
      values[index] = this.#highest(slot);
      counts[index] = this.#at(this.#counts, slot);
    }
    return { values, counts, isExact: this.#merged === 0 };
  }

  /** Returns the bits of all entries in ascending order: the low word of each, then its high word. */
  #sorted(): Uint32Array {
    const words = new Uint32Array(2 * this.#size);
    let at = 0;
    for (let slot = 0; slot < this.#counts.length; slot += 1) {
      if (!this.#counts[slot]) continue;
      words[at] = this.#at(this.#low, slot);
      words[at + 1] = this.#at(this.#high, slot);
      at += 2;
    }
    // Sorts them as 64-bit integers, which is many times as fast as a comparison function.
    new BigUint64Array(words.buffer).sort();
    return words;
  }

  #at(list: Uint32Array | Float64Array, slot: number): number {
    return list[slot] as number;
  }

  #highOf(high: number): number {
    return this.#merged <= 32 ? high : (high & (-1 << (this.#merged - 32))) >>> 0;
  }

  #lowOf(low: number): number {
    if (this.#merged === 0) return low;
    return this.#merged >= 32 ? 0 : (low & (-1 << this.#merged)) >>> 0;
  }

  /** Returns the slot of an entry, or where it would be. */
  #slotOf(high: number, low: number): number {
    const mask = this.#counts.length - 1;
    let mixed = Math.imul(high ^ Math.imul(low, 0x9e3779b1), 0x85ebca6b);
    mixed ^= mixed >>> 15;
    let slot = mixed & mask;
    while (this.#counts[slot] && (this.#high[slot] !== high || this.#low[slot] !== low)) slot = (slot + 1) & mask;
    return slot;
  }

  #count(high: number, low: number, times: number): void {
    const slot = this.#slotOf(high, low);
    if (!this.#counts[slot]) {
      this.#high[slot] = high;
      this.#low[slot] = low;
      this.#size += 1;
    }
    this.#counts[slot] = this.#at(this.#counts, slot) + times;
  }

  #grow(): void {
    if (this.#size <= this.#capacity) {
      if (this.#counts.length < 2 * this.#capacity) this.#rebuild(this.#counts.length * 2);
      return;
    }
    this.#merged = this.#minMerged();
    this.#rebuild(this.#counts.length);
  }

  /** Bits that must be merged so that no more than `capacity` entries are left. */
  #minMerged(): number {
    const words = this.#sorted();
    // Neighbours become one when the highest bit in which they differ is merged.
    const byBit = new Uint32Array(65);
    for (let at = 2; at < words.length; at += 2) {
      const high = this.#at(words, at + 1) ^ this.#at(words, at - 1);
      const low = this.#at(words, at) ^ this.#at(words, at - 2);
      const bit = high !== 0 ? 64 - Math.clz32(high) : 32 - Math.clz32(low);
      byBit[bit] = (byBit[bit] as number) + 1;
    }
    let left = this.#size;
    let merged = 0;
    while (left > this.#capacity) {
      merged += 1;
      left -= byBit[merged] as number;
    }
    return merged;
  }

  #rebuild(slots: number): void {
    const [high, low, counts] = [this.#high, this.#low, this.#counts];
    this.#high = new Uint32Array(slots);
    this.#low = new Uint32Array(slots);
    this.#counts = new Float64Array(slots);
    this.#size = 0;
    for (let slot = 0; slot < counts.length; slot += 1) {
      const times = this.#at(counts, slot);
      if (times > 0) this.#count(this.#highOf(this.#at(high, slot)), this.#lowOf(this.#at(low, slot)), times);
    }
  }

  /** Returns the greatest double of a slot: all merged bits are ones. */
  #highest(slot: number): number {
    const ones = this.#merged;
    const low = this.#at(this.#low, slot) | (ones === 0 ? 0 : ones >= 32 ? -1 : ~(-1 << ones));
    const high = this.#at(this.#high, slot) | (ones <= 32 ? 0 : ~(-1 << (ones - 32)));
    const isNegative = high >>> 0 < signBit;
    this.#words[1] = isNegative ? ~high : high ^ signBit;
    this.#words[0] = isNegative ? ~low : low;
    const value = this.#double[0] as number;
    return Number.isFinite(value) ? value : Math.sign(value || 1) * Number.MAX_VALUE;
  }
}
