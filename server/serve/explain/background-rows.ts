import { DomainError } from "#server/base/errors.ts";
import { seededRandom, shuffled } from "#server/stats/random.ts";
import type { GivenInput } from "../protocol/contract.ts";
import type { Element } from "./explain-row.ts";
import { type Feature, rowOf } from "./features.ts";

/** More say little more, and each costs a run for every coalition. */
const maxRows = 32;
const maxExactRows = 2 ** 16;

/** Returns the number of rows with which all coalitions of the features stay affordable, at most 32 and at least 16. */
export function rowsFor(features: number): number {
  return features > 12 ? maxRows : Math.min(maxRows, maxExactRows / 2 ** features);
}

/** Draws some of the rows at random, reproducibly by the seed. */
export function drawRows(rows: readonly Element[][], count: number, seed: number): Element[][] {
  if (rows.length <= count) return [...rows];
  return shuffled(rows.length, seededRandom(seed))
    .slice(0, count)
    .map((index) => rows[index] as Element[]);
}

/** Returns one central row: the mean of numbers, and the most frequent value of anything else. */
export function meanRow(inputs: readonly GivenInput[], rows: readonly Element[][]): Element[] {
  const types = typesOf(inputs);
  return types.map((datatype, feature) => {
    const column = rows.map((row) => row[feature] as Element);
    if (datatype.startsWith("FP")) return column.reduce<number>((sum, value) => sum + Number(value), 0) / column.length;
    if (datatype === "BYTES" || datatype === "BOOL") return commonest(column);
    // An integer input accepts no fractions.
    return Math.round(column.reduce<number>((sum, value) => sum + Number(value), 0) / column.length);
  });
}

/** Returns one row of zeros, false and empty text. */
export function zeroRow(inputs: readonly GivenInput[]): Element[] {
  return typesOf(inputs).map((datatype) => (datatype === "BYTES" ? "" : datatype === "BOOL" ? false : 0));
}

/** Returns the row of a recorded request; undefined when it has other inputs, or was not stored completely. */
export function rowOfRecorded(
  wanted: readonly GivenInput[],
  recorded: readonly { name: string; datatype: string; data?: Element[] | undefined }[] | null,
): Element[] | undefined {
  const inputs = wanted.map((input) => {
    const found = recorded?.find(({ name, datatype }) => name === input.name && datatype === input.datatype);
    return found?.data?.length === input.data.length ? { ...input, data: found.data } : undefined;
  });
  return inputs.every((input) => input !== undefined) ? rowOf(inputs) : undefined;
}

/** Returns the column index of each feature. @throws DomainError "invalid" that names the features missing from the table */
export function indicesOf(features: readonly Feature[], columns: readonly string[], dataset: string): number[] {
  const missing = features.filter(({ name }) => !columns.includes(name)).map(({ name }) => name);
  if (missing.length > 0) {
    const some = missing.slice(0, 5).join(", ") + (missing.length > 5 ? ", …" : "");
    throw new DomainError("invalid", `Dataset "${dataset}" has no column for ${some}. Choose another background.`);
  }
  return features.map(({ name }) => columns.indexOf(name));
}

function typesOf(inputs: readonly GivenInput[]): string[] {
  return inputs.flatMap(({ datatype, data }) => data.map(() => datatype));
}

function commonest(column: readonly Element[]): Element {
  const counts = new Map<Element, number>();
  for (const value of column) counts.set(value, (counts.get(value) ?? 0) + 1);
  const [first] = [...counts].sort(([, a], [, b]) => b - a);
  return first?.[0] ?? "";
}
