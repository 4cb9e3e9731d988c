import { expect, test } from "vitest";
import type { ColumnTable } from "#server/develop/datasets/rows/columns.ts";
import { valueOfText } from "#server/develop/datasets/rows/value.ts";
import { normalFrom, seededRandom } from "#server/stats/random.ts";
import { compareTables } from "./compare-tables.ts";
import { CompareSettings } from "./contract.ts";
import { gatherTable } from "./gather-table.ts";

function table(columns: Record<string, (row: number) => string>, rows: number): ColumnTable {
  const value = (cell: unknown) => valueOfText(cell as string);
  const raw = Object.values(columns).map((cell) => ({
    cells: Array.from({ length: rows }, (_, row) => cell(row)),
    value,
  }));
  return {
    columns: Object.keys(columns),
    batches: (async function* () {
      yield { at: 2, rows, columns: raw };
    })(),
  };
}

async function compared(
  reference: Record<string, (row: number) => string>,
  current: Record<string, (row: number) => string>,
  rows = { reference: 5000, current: 500 },
) {
  return compareTables(
    await gatherTable(table(reference, rows.reference), { isTyped: false }),
    await gatherTable(table(current, rows.current), { isTyped: false }),
    CompareSettings.parse({}),
  );
}

test("lists changed columns first with Evidently's score, calibrated drift state and description", async () => {
  const random = seededRandom(4);
  const amount = (factor: number) => () => String(factor * Math.exp(1.5 * normalFrom(random)));
  const carrier = (share: number) => () => (random() < share ? "UA" : "AA");
  const one = { carrier: carrier(0.5), amount: amount(1), same: () => "7", gone: () => "x" };
  const result = await compared(one, { carrier: carrier(0.5), amount: amount(1.8), same: () => "7", new: () => "x" });
  expect(result).toMatchObject({ referenceRows: 5000, rows: 500, onlyInReference: ["gone"], onlyInCurrent: ["new"] });
  const [first] = result.columns;
  expect(first).toMatchObject({ name: "amount", type: "numerical", word: "changed", missing: 0 });
  expect(first?.score?.method).toBe("wasserstein");
  expect(first?.sentence).toContain("`amount` changed: PSI");
  expect(first?.bars).toHaveLength(10);
  const others = result.columns.slice(1).map(({ name, word, type }) => ({ name, word, type }));
  expect(others).toEqual(
    expect.arrayContaining([
      { name: "carrier", word: "about the same", type: "categorical" },
      { name: "same", word: "about the same", type: "categorical" },
    ]),
  );
  expect(result.changed).toBe(1);
});

test("explains when a fixed threshold fires on noise", async () => {
  const random = seededRandom(5);
  const noise = () => String(normalFrom(random));
  const { columns } = await compared({ value: noise }, { value: noise }, { reference: 5000, current: 60 });
  expect(columns[0]).toMatchObject({ word: "about the same", score: { isDrift: true, method: "wasserstein" } });
  expect(columns[0]?.disagreement).toMatch(/^Evidently reports drift \(wasserstein .* Leeway does not/);
});

test("reports missing values, unseen levels and out-of-range numbers as separate changes", async () => {
  const random = seededRandom(7);
  const gaps = (share: number) => () => (random() < share ? "" : String(normalFrom(random)));
  const levels = (names: string[]) => (row: number) => names[row % names.length] ?? "";
  const { columns } = await compared(
    { gaps: gaps(0.01), level: levels(["a", "b", "c"]), few: () => "" },
    { gaps: gaps(0.3), level: levels(["a", "b", "c", "new"]), few: () => "" },
  );
  const by = new Map(columns.map((column) => [column.name, column]));
  expect(by.get("gaps")).toMatchObject({ word: "changed", missingTest: { isDrift: true } });
  expect(by.get("gaps")?.sentence).toContain("Missing values");
  expect(by.get("level")).toMatchObject({ word: "changed", unseenTest: { isDrift: true } });
  expect(by.get("few")).toMatchObject({ word: "not enough data", score: null, note: "One side has no values." });
});

test("reports unique texts without a score, and treats few distinct integers as levels", async () => {
  const ids = {
    note: (row: number) => `note ${row}`,
    stars: (row: number) => String(row % 5),
    time: () => "2013-01-01",
  };
  const { columns } = await compared(ids, ids);
  const by = new Map(columns.map((column) => [column.name, column]));
  expect(by.get("note")).toMatchObject({ type: "text", score: null });
  expect(by.get("stars")).toMatchObject({ type: "categorical", score: { method: "jensenshannon" } });
  expect(by.get("time")).toMatchObject({ type: "categorical" });
});

test("reports no change in thirty columns without drift in 19 of 20 comparisons", async () => {
  const random = seededRandom(11);
  const columns = Object.fromEntries(
    Array.from({ length: 30 }, (_, index) => [
      `f${index}`,
      index % 2 === 0 ? () => String(normalFrom(random)) : () => "abcdefgh"[Math.floor(8 * random() ** 2)] ?? "",
    ]),
  );
  let alarms = 0;
  for (let run = 0; run < 40; run += 1)
    alarms += (await compared(columns, columns, { reference: 1000, current: 100 })).changed;
  expect(alarms).toBeLessThanOrEqual(6);
});
