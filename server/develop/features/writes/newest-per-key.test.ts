import { expect, test } from "vitest";
import { goldenWrites } from "#server/testing/fixtures/features/golden.ts";
import { parseTime } from "../values/parse-time.ts";
import { newestPerKey, type PackedRow } from "./newest-per-key.ts";

const row = (key: string, eventAt: number, createdAt: number, packed: string): PackedRow => ({
  key: Buffer.from(key),
  eventAt,
  createdAt,
  packed: Buffer.from(packed),
});

test.each(goldenWrites)("keeps the row that the database would keep: $case", ({ writes, value }) => {
  const rows = writes.map(([event, created, x]) =>
    row("k", Number(parseTime(event)), Number(parseTime(created)), String(x)),
  );
  expect(newestPerKey(rows).map(({ packed }) => packed.toString())).toEqual([String(value)]);
});

test("returns keys in the order of their bytes", () => {
  const rows = ["b", "a", "ÿ", "b", ""].map((key, at) => row(key, at, 0, ""));
  expect(newestPerKey(rows).map(({ key }) => key.toString())).toEqual(["", "a", "b", "ÿ"]);
});
