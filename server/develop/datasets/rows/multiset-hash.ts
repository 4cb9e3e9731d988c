import { hash } from "node:crypto";
import { byCodeUnits } from "./row-hash.ts";

const words = 16;

/**
 * Hash of rows as a multiset: the order does not count, how often a row is there does. It is the sum of the rows' SHA-512 modulo 2^512
 * (Clarke, Devadas, van Dijk, Gassend, Suh: Incremental multiset hash functions, ASIACRYPT 2003, MSet-Add-Hash without a key), hashed
 * with the names of the columns and the number of rows. Two tables that differ by accident differ in it; whoever wants to can make
 * two that do not, with about 2^45 work (Wagner's generalised birthday), so it is no proof against an enemy: that is the SHA-256 of the file.
 */
export class MultisetHash {
  readonly #sum = new Uint32Array(words);
  #rows = 0;

  /** @param row SHA-512 of one row. */
  add(row: Buffer): void {
    let carry = 0;
    for (let word = 0; word < words; word++) {
      const sum = (this.#sum[word] ?? 0) + row.readUInt32LE(word * 4) + carry;
      this.#sum[word] = sum;
      carry = sum > 0xffffffff ? 1 : 0;
    }
    this.#rows += 1;
  }

  get rows(): number {
    return this.#rows;
  }

  /** Hex of 64 characters. */
  digest(columns: readonly string[]): string {
    const header = JSON.stringify({ columns: columns.toSorted(byCodeUnits), rows: this.#rows });
    const sum = [...this.#sum].map((word) => word.toString(16).padStart(8, "0")).join("");
    return hash("sha256", `leeway-rows-1 ${header} ${sum}`, "hex");
  }
}

/** The short name of a version: the start of its content hash. */
export function digestOf(contentHash: string): string {
  return contentHash.slice(0, 16);
}
