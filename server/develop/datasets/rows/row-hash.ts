import { hash } from "node:crypto";
import type { Value } from "./value.ts";

/** Makes the SHA-512 of rows over some columns. */
export type RowHasher = (values: readonly Value[]) => Buffer;

/**
 * Hashes rows by the values of `columns`, in the order of their names, independent of their order in the file. Each value is written as one
 * letter for its kind, its length and its text, so that different rows never have the same text; integers and numbers share a letter
 * because a column of integers in one file may have the type double in another.
 * @param columns all of the table; @param chosen the columns to hash; all if omitted.
 */
export function rowHasher(columns: readonly string[], chosen: readonly string[] = columns): RowHasher {
  const indices = chosen.toSorted(byCodeUnits).map((name) => columns.indexOf(name));
  return (values) => {
    let text = "";
    for (const index of indices) {
      const value = values[index] ?? null;
      text += value === null ? "-;" : `${letters[value.kind]}${value.text.length}:${value.text};`;
    }
    return hash("sha512", text, "buffer");
  };
}

const letters = { boolean: "b", integer: "n", number: "n", time: "t", text: "s" } as const;

/** Compares names for hashes: independent of the machine's locale. */
export function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
