const signBit = 0x80000000;
const fewestSlots = 1024;

/** Values in ascending order with how often each was there. */
export interface CountedValues {
  /** Highest double that counts as the entry; the value itself where nothing was merged. */
  values: Float64Array;
  counts: Float64Array;
  /** Whether every entry is one value. */
  isExact: boolean;
}

/**
 * Counts numbers in bounded memory, so that quantiles of millions of rows come from one pass. While there are at most `capacity` different
 * values, each is counted by itself. Beyond that, doubles that share their first bits (sign, exponent, the first of the mantissa) are one
 * entry, with the most bits that leave no more than `capacity` entries: the counts stay exact, and only where one entry ends and the next
 * begins is no longer free to choose. What comes out depends on the values alone, not on their order.
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

  /** @param capacity most entries, from 512 on; each takes about 32 bytes. */
  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#high = new Uint32Array(fewestSlots);
    this.#low = new Uint32Array(fewestSlots);
    this.#counts = new Float64Array(fewestSlots);
  }

  /** @param value finite. */
  add(value: number): void {
    // −0 and 0 are the same number.
    this.#double[0] = value === 0 ? 0 : value;
    const high = this.#words[1] as number;
    const low = this.#words[0] as number;
    // As whole numbers these are in the order of the doubles.
    const isNegative = high >= signBit;
    this.#count(
      this.#highOf(isNegative ? ~high >>> 0 : (high ^ signBit) >>> 0),
      this.#lowOf(isNegative ? ~low >>> 0 : low),
      1,
    );
    if (this.#size * 2 > this.#counts.length) this.#grow();
  }

  entries(): CountedValues {
    const slots = Array.from(this.#counts.keys()).filter((slot) => this.#counts[slot]);
    slots.sort(
      (a, b) => this.#at(this.#high, a) - this.#at(this.#high, b) || this.#at(this.#low, a) - this.#at(this.#low, b),
    );
    return {
      values: Float64Array.from(slots, (slot) => this.#highest(slot)),
      counts: Float64Array.from(slots, (slot) => this.#at(this.#counts, slot)),
      isExact: this.#merged === 0,
    };
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

  #count(high: number, low: number, times: number): void {
    const mask = this.#counts.length - 1;
    let mixed = Math.imul(high ^ Math.imul(low, 0x9e3779b1), 0x85ebca6b);
    mixed ^= mixed >>> 15;
    let slot = mixed & mask;
    while (this.#counts[slot] && (this.#high[slot] !== high || this.#low[slot] !== low)) slot = (slot + 1) & mask;
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
    this.#merged = this.#fewestMerged();
    this.#rebuild(this.#counts.length);
  }

  /** Bits that must be merged so that no more than `capacity` entries are left. */
  #fewestMerged(): number {
    const slots = Uint32Array.from(this.#counts.keys()).filter((slot) => this.#counts[slot]);
    slots.sort(
      (a, b) => this.#at(this.#high, a) - this.#at(this.#high, b) || this.#at(this.#low, a) - this.#at(this.#low, b),
    );
    // Neighbours become one when the highest bit in which they differ is merged.
    const byBit = new Uint32Array(65);
    for (let place = 1; place < slots.length; place += 1) {
      const [before, slot] = [slots[place - 1] as number, slots[place] as number];
      const high = this.#at(this.#high, before) ^ this.#at(this.#high, slot);
      const low = this.#at(this.#low, before) ^ this.#at(this.#low, slot);
      const bit = high !== 0 ? 64 - Math.clz32(high) : 32 - Math.clz32(low);
      byBit[bit] = (byBit[bit] as number) + 1;
    }
    let left = slots.length;
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
    for (const [slot, times] of counts.entries()) {
      if (times) this.#count(this.#highOf(this.#at(high, slot)), this.#lowOf(this.#at(low, slot)), times);
    }
  }

  /** The greatest double of a slot: all bits that do not count are ones. */
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
