/** Rows beyond this are looked at in a second pass over the file: 4 million keys take 96 MiB. */
export const maxKeys = 4_000_000;

/**
 * Where each of many rows was first seen, by 64 bits of its hash: open addressing in typed arrays, 12 bytes a slot. Of 4 million keys
 * looked up by as many others, the expected number of wrong matches is one in a million.
 */
export class RowIndex {
  readonly #low: Uint32Array;
  readonly #high: Uint32Array;
  readonly #at: Uint32Array;
  readonly #mask: number;

  /** @param keys most that will be added. */
  constructor(keys: number) {
    const slots = 2 ** Math.ceil(Math.log2(Math.max(16, keys * 1.5)));
    this.#low = new Uint32Array(slots);
    this.#high = new Uint32Array(slots);
    this.#at = new Uint32Array(slots);
    this.#mask = slots - 1;
  }

  /** @param at from 1. @returns where the same row was seen before; undefined when it was not, and now it is. */
  add(hash: Buffer, at: number): number | undefined {
    const slot = this.#slotOf(hash);
    const known = this.#at[slot];
    if (known) return known;
    this.#low[slot] = hash.readUInt32LE(0);
    this.#high[slot] = hash.readUInt32LE(4);
    this.#at[slot] = at;
    return undefined;
  }

  /** Where the row was first seen; undefined when it was not. */
  find(hash: Buffer): number | undefined {
    return this.#at[this.#slotOf(hash)] || undefined;
  }

  /** The slot of the row, or the empty one where it belongs. */
  #slotOf(hash: Buffer): number {
    const low = hash.readUInt32LE(0);
    const high = hash.readUInt32LE(4);
    let slot = (low ^ high) & this.#mask;
    while (this.#at[slot] && (this.#low[slot] !== low || this.#high[slot] !== high)) slot = (slot + 1) & this.#mask;
    return slot;
  }
}

/** Whether a row belongs to pass `pass` of `passes`: another part of the hash than the one that is looked up. */
export function isOfPass(hash: Buffer, pass: number, passes: number): boolean {
  return passes === 1 || hash.readUInt32LE(8) % passes === pass;
}
