import { expect, test } from "vitest";
import { joinPacks, packColumns, unpackColumns } from "./pack-columns.ts";

const pack = {
  rows: 3,
  head: { classes: ["ä", "b"] },
  columns: {
    correct: Uint8Array.of(1, 0, 1),
    answer: Uint16Array.of(0, 65_535, 2),
    row: Uint32Array.of(1, 2, 4_000_000_000),
    score: Float32Array.of(0.5, Number.NaN, -1.25),
    label: Float64Array.of(0.1, 1e300, -0),
    transcript: ["", "grüße 👋", "c"],
    probabilities: Float32Array.of(0.25, 0.75, 0.5, 0.5, 1, 0),
  },
};

test("reads back what was packed, from any position in a buffer", () => {
  const bytes = packColumns(pack);
  expect(unpackColumns(bytes)).toEqual(pack);
  const shifted = Buffer.concat([Buffer.from("xyz"), bytes]).subarray(3);
  expect(unpackColumns(shifted)).toEqual(pack);
});

test("joins packs in their order", () => {
  const joined = joinPacks([pack, { ...pack, rows: 3 }]);
  expect(joined.rows).toBe(6);
  expect(joined.columns.answer).toEqual(Uint16Array.of(0, 65_535, 2, 0, 65_535, 2));
  expect(joined.columns.transcript).toEqual(["", "grüße 👋", "c", "", "grüße 👋", "c"]);
  expect(() => joinPacks([pack, { rows: 1, head: pack.head, columns: {} }])).toThrow("lacks a column");
});

test("takes about a megabyte for 100,000 rows", () => {
  const rows = 100_000;
  const columns = {
    answer: new Uint16Array(rows),
    score: new Float32Array(rows),
    loss: new Float32Array(rows),
    correct: new Uint8Array(rows),
  };
  expect(packColumns({ rows, head: {}, columns }).length).toBeLessThan(1.15e6);
});

test("rejects bytes that are something else, or cut off", () => {
  expect(() => unpackColumns(Buffer.from("column"))).toThrow("holds no columns");
  expect(() => unpackColumns(packColumns(pack).subarray(0, -16))).toThrow("ends within column");
});
