import { hash } from "node:crypto";
import { byCodeUnits } from "./row-hash.ts";

const words = 16;

/**
 * Hash of rows as a multiset: independent of their order, but not of their multiplicity. It is the sum of the rows' SHA-512 modulo 2^512
 * (Clarke, Devadas, van Dijk, Gassend, Suh: Incremental multiset hash functions, ASIACRYPT 2003, MSet-Add-Hash without a key), hashed
 * with the names of the columns and the number of rows. Tables that differ by accident have different hashes; an attacker can construct a
 * collision with about 2^45 work (Wagner's generalised birthday), so it gives no protection against attacks: the SHA-256 of the file
 * does. Values become texts as docs/spec/dataset-digest.md section 1 says.
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

  /** Returns the digest as 64 hex characters. */
  digest(columns: readonly string[]): string {
    const header = JSON.stringify({ columns: columns.toSorted(byCodeUnits), rows: this.#rows });
    const sum = [...this.#sum].map((word) => word.toString(16).padStart(8, "0")).join("");
    return hash("sha256", `leeway-rows-1 ${header} ${sum}`, "hex");
  }
}

/** Returns the short name of a version: the start of its content hash. */
export function digestOf(contentHash: string): string {
  return contentHash.slice(0, 16);
}
