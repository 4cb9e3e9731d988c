import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { csvColumns } from "#server/develop/datasets/rows/csv-columns.ts";
import { valueOfText } from "#server/develop/datasets/rows/value.ts";
import { seededRandom } from "#server/stats/random.ts";
import { ColumnGatherer } from "./column-gatherer.ts";
import { gatherTable } from "./gather-table.ts";

const rows = 20_000;
const random = seededRandom(6);
const columns: Record<string, (row: number) => string> = {
  few: () => String(Math.floor(random() * 5)),
  many: () => (random() * 1000).toFixed(3),
  gaps: () => (random() < 0.1 ? "" : String(Math.floor(random() * 40))),
  infinite: () => (random() < 0.01 ? "-inf" : "2.5"),
  words: () => `w${Math.floor(random() * 30)}`,
  names: (row) => `name ${row}`,
  times: (row) => `2026-05-${String(1 + (row % 28)).padStart(2, "0")}`,
  truths: () => (random() < 0.5 ? "true" : "False"),
  mixed: (row) => (row === 9000 ? "n/a?" : String(row % 7)),
  empty: () => "",
};

test("gathers batches of numbers and words into the same columns as value by value", async () => {
  const names = Object.keys(columns);
  const cells = Array.from({ length: rows }, (_, row) => Object.values(columns).map((cell) => cell(row)));
  const text = [names, ...cells].map((line) => line.join(",")).join("\n");
  const table = await gatherTable(await csvColumns(Readable.from([Buffer.from(text)])), { isTyped: false });
  expect(table.rows).toBe(rows);
  for (const [index, name] of names.entries()) {
    const slow = new ColumnGatherer(name);
    for (const line of cells) slow.add(valueOfText(line[index] as string));
    const fast = table.columns.get(name) as ColumnGatherer;
    expect([fast.count, fast.missing, fast.dtype(false), fast.type(false)]).toEqual([
      slow.count,
      slow.missing,
      slow.dtype(false),
      slow.type(false),
    ]);
    expect(fast.values()).toEqual(slow.values());
    expect(fast.counts()).toEqual(slow.counts());
  }
});
