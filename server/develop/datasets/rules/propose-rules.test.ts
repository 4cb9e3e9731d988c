import { expect, test } from "vitest";
import { tableOf } from "../../../testing/fixtures/datasets/testing.ts";
import { ColumnProfiler } from "../profile/column-profiler.ts";
import { evaluateTable } from "./evaluate-table.ts";
import { proposeFromSchema, proposeRules, widened } from "./propose-rules.ts";

const lines = Array.from(
  { length: 40 },
  (_, index) => `${index},${index % 2 ? "BA" : "LH"},${index * 1.7 - 3},,${index % 3}`,
);
const table = tableOf("id,carrier,delay,gate,stops", ...lines);

async function profile() {
  const { columns, rows } = await table();
  const profilers = columns.map((name) => new ColumnProfiler(name));
  for await (const { at, values } of rows) profilers.forEach((each, index) => void each.add(values[index] ?? null, at));
  return profilers.map((each) => each.profile());
}

test("proposes types, ranges and levels, and rules for missing and duplicate values", async () => {
  const { columns } = proposeRules(await profile());
  expect(columns).toMatchObject([
    { column: "id", type: "integer", nullable: false, min: null, max: null, levels: null, unique: true },
    { column: "carrier", type: "text", nullable: false, min: null, levels: ["BA", "LH"], unique: false },
    { column: "delay", type: "number", min: -10, max: 70, unique: false },
    { column: "gate", type: null, nullable: true, levels: null },
    { column: "stops", type: "integer", min: null, levels: ["0", "1", "2"] },
  ]);
});

test("proposes rules that the source version passes", async () => {
  const results = await evaluateTable(table, lines.length, proposeRules(await profile()));
  expect(results.filter(({ passed }) => !passed)).toEqual([]);
});

test.each([
  [0, 1, 0, 1.1],
  [-5, -1, -5.4, -0.6],
  [0.123, 0.456, 0.08, 0.49],
  [7, 7, 6.3, 7.7],
  [0, 0, 0, 0],
  [1e6, 3e6, 800_000, 3_200_000],
])("widens %f to %f to %f to %f", (min, max, low, high) => {
  expect(widened(min, max)).toEqual({ min: low, max: high });
});

test("proposes integer limits for integers", () => {
  expect(widened(1, 7, true)).toEqual({ min: 0, max: 8 });
  expect(widened(100, 4900, true)).toEqual({ min: 0, max: 5400 });
});

test("proposes only types from a logged schema", () => {
  const schema = [
    { name: "x", type: "double", required: true },
    { name: "y", type: "float32, any × 8", required: false },
  ];
  expect(proposeFromSchema(schema).columns).toMatchObject([
    { column: "x", type: "number", nullable: false, min: null, levels: null },
    { column: "y", type: null, nullable: true },
  ]);
});
