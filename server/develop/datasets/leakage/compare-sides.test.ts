import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { tableOf } from "../../../testing/fixtures/datasets/testing.ts";
import { isOfPass, RowIndex } from "../rows/row-index.ts";
import { compareSides } from "./compare-sides.ts";
import type { Side } from "./contract.ts";

const side = (open: ReturnType<typeof tableOf>, where: Side["where"] = null) => ({ open, where, rows: 100 });
const train = side(tableOf("id,text,label", "1,a,yes", "2,b,no", "3,c,yes"));
const test_ = side(tableOf("label,id,text", "no,2,b", "yes,4,a", "no,2,b", "maybe,3,c"));

describe("compareSides", () => {
  test("counts and returns shared rows, whatever the column order", async () => {
    expect(await compareSides(train, test_, null)).toEqual({
      columns: ["id", "label", "text"],
      leftRows: 3,
      rightRows: 4,
      sharedRows: 2,
      examples: [
        { leftAt: 3, rightAt: 2, values: ["2", "no", "b"] },
        { leftAt: 3, rightAt: 4, values: ["2", "no", "b"] },
      ],
    });
  });

  test("compares selected columns only", async () => {
    expect(await compareSides(train, test_, ["text"])).toMatchObject({ columns: ["text"], sharedRows: 4 });
  });

  test("compares rows of one table, split by an ignored column", async () => {
    const table = tableOf("split,x", "train,1", "test,1", "train,2", "test,3", "other,1");
    const of = (value: string) => side(table, { column: "split", value });
    expect(await compareSides(of("train"), of("test"), null)).toMatchObject({
      columns: ["x"],
      leftRows: 2,
      rightRows: 2,
      sharedRows: 1,
      examples: [{ leftAt: 2, rightAt: 3 }],
    });
  });
});

test.each([
  ["no columns in common", null, tableOf("z", "1"), null],
  ['"gate" does not exist on both', ["gate"], tableOf("id,gate", "1,2"), null],
  ['"fold" does not exist on both', null, tableOf("id", "1"), { column: "fold", value: "1" }],
] as const)("rejects: %s", async (words, columns, table, where) => {
  const refused = compareSides(train, side(table, where), columns ? [...columns] : null);
  await expect(refused).rejects.toMatchObject({ code: "invalid", message: expect.stringContaining(words) });
});

test("finds the first position of each of 50,000 rows in the index, and no other rows", () => {
  const hashes = Array.from({ length: 50_000 }, () => randomBytes(64));
  const index = new RowIndex(hashes.length);
  hashes.forEach((hash, position) => {
    expect(index.add(hash, position + 1)).toBeUndefined();
  });
  expect(hashes.every((hash, position) => index.find(hash) === position + 1)).toBe(true);
  expect(index.add(hashes[7] ?? randomBytes(64), 99)).toBe(8);
  expect(index.find(randomBytes(64))).toBeUndefined();
  const passes = hashes.map((hash) => [0, 1, 2].filter((pass) => isOfPass(hash, pass, 3)).length);
  expect(new Set(passes)).toEqual(new Set([1]));
});
