import { expect, test } from "vitest";
import { evaluatedSegments, gatherSegments, rowsOfSegment, type SetRows } from "./set-rows.ts";

/** A set with a column of many values, the higher the more frequent, and a filter. */
function setOf(values: number, rows: number): SetRows {
  const column = Uint16Array.from({ length: rows }, (_, row) => 1 + Math.floor(Math.sqrt(row % (values * values))));
  const flags = Uint16Array.from({ length: rows }, (_, row) => Number(row % 3 === 0));
  const segment = (key: string, value: number) => ({
    id: `${key}=${value}`,
    title: "",
    column: key,
    isGroup: false,
    key,
    value,
  });
  const segments = [segment("flag", 1), ...Array.from({ length: values }, (_, at) => segment("column", at + 1))];
  return { rows, head: { classes: [], names: {}, segments }, columns: { column, flag: flags } };
}

test("gathers the rows of all segments of a column at once, as each by itself", () => {
  const set = setOf(20, 1_000);
  const gathered = [...gatherSegments(set, set.head.segments)];
  expect(gathered.map(({ segment }) => segment.id)).toEqual(set.head.segments.map(({ id }) => id));
  for (const { segment, rows } of gathered) expect(rows).toEqual(rowsOfSegment(set, segment.id));
});

test("evaluates the 500 largest segments of more, in their order", () => {
  const few = setOf(20, 1_000);
  expect(evaluatedSegments(few)).toBe(few.head.segments);
  const chosen = evaluatedSegments(setOf(600, 360_000)).map(({ id }) => id);
  expect(chosen).toHaveLength(500);
  expect(chosen.slice(0, 2)).toEqual(["flag=1", "column=102"]);
  expect(chosen.at(-1)).toBe("column=600");
});
