/** Maximum number of rows per pass; more need further passes over the file: 4 million keys take 96 MiB. */
export const maxKeys = 4_000_000;

/**
 * Index of the first occurrence of rows, by 64 bits of their hash: open addressing in typed arrays, 12 bytes per slot. For 4 million keys
 * and as many lookups, the expected number of false matches is one in a million.
 */
export class RowIndex {
  readonly #low: Uint32Array;
  readonly #high: Uint32Array;
  readonly #at: Uint32Array;
  readonly #mask: number;

  /** @param keys maximum number of keys to add. */
  constructor(keys: number) {
    const slots = 2 ** Math.ceil(Math.log2(Math.max(16, keys * 1.5)));
    this.#low = new Uint32Array(slots);
    this.#high = new Uint32Array(slots);
    this.#at = new Uint32Array(slots);
    this.#mask = slots - 1;
  }

  /** @param at from 1. @returns the position of an equal row added before; undefined if there was none, in which case the row is added. */
  add(hash: Buffer, at: number): number | undefined {
    const slot = this.#slotOf(hash);
    const known = this.#at[slot];
    if (known) return known;
    this.#low[slot] = hash.readUInt32LE(0);
    this.#high[slot] = hash.readUInt32LE(4);
    this.#at[slot] = at;
    return undefined;
  }

  /** Returns the row's first occurrence; undefined when there is none. */
  find(hash: Buffer): number | undefined {
    return this.#at[this.#slotOf(hash)] || undefined;
  }

  /** Returns the slot of the row, or the empty slot for it. */
  #slotOf(hash: Buffer): number {
    const low = hash.readUInt32LE(0);
    const high = hash.readUInt32LE(4);
    let slot = (low ^ high) & this.#mask;
    while (this.#at[slot] && (this.#low[slot] !== low || this.#high[slot] !== high)) slot = (slot + 1) & this.#mask;
    return slot;
  }
}

/** Whether a row belongs to pass `pass` of `passes`: determined by another part of the hash than the lookup. */
export function isOfPass(hash: Buffer, pass: number, passes: number): boolean {
  return passes === 1 || hash.readUInt32LE(8) % passes === pass;
}
