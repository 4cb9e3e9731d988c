import { maxCached } from "./csv-rows.ts";
import { type Value, valueOfText } from "./value.ts";

const minSlots = 1024;

/** Different cells of a column by their bytes: columns repeat themselves, and making texts and values of bytes is slow. */
export class WordTable {
  /** Value of each cell, by index. */
  readonly values: Value[] = [];
  readonly #hashes: number[] = [];
  readonly #ends: number[] = [0];
  #bytes = new Uint8Array(4096);
  #slots = new Int32Array(minSlots).fill(-1);

  /** Whether the cache is so large that a new table is better. */
  get isFull(): boolean {
    return this.values.length >= maxCached;
  }

  /** Returns the index of the cell from `start` to `end` among the values. */
  indexOf(bytes: Uint8Array, start: number, end: number): number {
    let hash = end - start;
    for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
    hash ^= hash >>> 15;
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (let index = this.#slots[slot] as number; index >= 0; index = this.#slots[slot] as number) {
      if (this.#hashes[index] === hash && this.#isSame(index, bytes, start, end)) return index;
      slot = (slot + 1) & mask;
    }
    return this.#add(bytes.subarray(start, end), hash, slot);
  }

  #isSame(index: number, bytes: Uint8Array, start: number, end: number): boolean {
    const from = this.#ends[index] as number;
    if ((this.#ends[index + 1] as number) - from !== end - start) return false;
    for (let at = start; at < end; at += 1) if (this.#bytes[from + at - start] !== bytes[at]) return false;
    return true;
  }

  #add(cell: Uint8Array, hash: number, slot: number): number {
    const index = this.values.length;
    const from = this.#ends[index] as number;
    if (from + cell.length > this.#bytes.length) {
      const larger = new Uint8Array(2 * (from + cell.length));
      larger.set(this.#bytes.subarray(0, from));
      this.#bytes = larger;
    }
    this.#bytes.set(cell, from);
    this.#ends.push(from + cell.length);
    this.#hashes.push(hash);
    this.values.push(valueOfText(Buffer.from(cell.buffer, cell.byteOffset, cell.length).toString("utf8")));
    this.#slots[slot] = index;
    if (2 * this.values.length > this.#slots.length) this.#grow();
    return index;
  }

  #grow(): void {
    this.#slots = new Int32Array(2 * this.#slots.length).fill(-1);
    const mask = this.#slots.length - 1;
    for (const [index, hash] of this.#hashes.entries()) {
      let slot = hash & mask;
      while ((this.#slots[slot] as number) >= 0) slot = (slot + 1) & mask;
      this.#slots[slot] = index;
    }
  }
}
