import { expect, test } from "vitest";
import { z } from "zod";
import { rowOf, rowsLikeFirst, rowsOf } from "./rows-of.ts";

const Row = z.object({ name: z.string(), count: z.number() });

test("returns the rows that have the columns of the schema", () => {
  const rows = [
    { name: "a", count: 1 },
    { name: "b", count: 2 },
  ];
  expect(rowsOf(Row, { rows })).toEqual(rows);
  expect(rowsLikeFirst(Row, { rows })).toBe(rows);
  expect(rowsLikeFirst(Row, { rows: [] })).toEqual([]);
});

test("rejects a row with another type and names the column, as an internal error", () => {
  const rows = [{ name: "a", count: "1" }];
  expect(() => rowsOf(Row, { rows })).toThrow(/unexpected rows.*count/s);
  expect(() => rowsLikeFirst(Row, { rows })).toThrow(/unexpected rows.*count/s);
  expect(() => rowsOf(Row, { rows })).not.toThrow(z.ZodError);
});

test("returns the one row of a statement, and rejects a statement without rows", () => {
  expect(rowOf(Row, { rows: [{ name: "a", count: 1 }] })).toEqual({ name: "a", count: 1 });
  expect(() => rowOf(Row, { rows: [] })).toThrow(/unexpected rows/);
});

test("checks every row, or only the first one on hot paths", () => {
  const rows = [{ name: "a", count: 1 }, { name: "b" }];
  expect(() => rowsOf(Row, { rows })).toThrow(/unexpected rows/);
  expect(rowsLikeFirst(Row, { rows })).toHaveLength(2);
});
