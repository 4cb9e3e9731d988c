/** Bits by which keys are remembered: 32 MiB. */
const defaultBits = 2 ** 28;

/**
 * Remembers which keys were added in a fixed amount of memory (Bloom, "Space/time trade-offs in hash coding with allowable errors", 1970, with two
 * hashes). It may take a key for one that was added, in 0.05 % of cases with 3 million keys, and never the other way round.
 */
export class KeyFilter {
  readonly #words: Uint32Array;
  readonly #mask: number;

  /** @param bits a power of two, from 32 on */
  constructor(bits = defaultBits) {
    this.#words = new Uint32Array(bits / 32);
    this.#mask = bits - 1;
  }

  add(key: string): void {
    for (const bit of this.#bitsOf(key)) this.#words[bit >>> 5] = (this.#words[bit >>> 5] ?? 0) | (1 << (bit & 31));
  }

  mayHave(key: string): boolean {
    return this.#bitsOf(key).every((bit) => ((this.#words[bit >>> 5] ?? 0) & (1 << (bit & 31))) !== 0);
  }

  #bitsOf(key: string): [number, number] {
    return [(hash(key, 0x811c9dc5) & this.#mask) >>> 0, (hash(key, 0x9e3779b9) & this.#mask) >>> 0];
  }
}

/** FNV-1a of the UTF-16 units from a start of choice, mixed at the end as MurmurHash3 does, so that its low bits depend on all of the key. */
function hash(text: string, start: number): number {
  let value = start;
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return value ^ (value >>> 16);
}
