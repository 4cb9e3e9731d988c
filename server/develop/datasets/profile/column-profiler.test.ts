import { expect, test } from "vitest";
import { valueOfNumber, valueOfText } from "../rows/value.ts";
import { ColumnProfiler } from "./column-profiler.ts";

function profileOf(cells: Iterable<string>) {
  const profiler = new ColumnProfiler("c");
  let at = 1;
  for (const cell of cells) profiler.add(valueOfText(cell), ++at);
  return profiler.profile();
}

test("computes the same moments and quantiles as NumPy", () => {
  // numpy: x = [2, 4, 4, 4, 5, 5, 7, 9]; x.mean(), x.std(ddof=1), np.quantile(x, [.25, .5, .75])
  const { numbers, ...rest } = profileOf(["2", "4", "4", "4", "5", "5", "7", "9", "", "NaN"]);
  expect(rest).toMatchObject({ type: "integer", count: 8, missing: 2, distinct: { count: 5, method: "exact" } });
  expect(numbers).toMatchObject({ min: 2, max: 9, mean: 5, basis: "all" });
  expect(numbers?.sd).toBeCloseTo(2.138089935299395, 12);
  expect([5, 10, 15].map((index) => numbers?.quantiles[index])).toEqual([4, 4.5, 5.5]);
  expect(numbers?.bins).toHaveLength(20);
  expect(numbers?.bins.reduce((sum, bin) => sum + bin.count, 0)).toBe(8);
});

test("preserves the standard deviation of large numbers with small differences", () => {
  const { numbers } = profileOf(["1000000000000.1", "1000000000000.2", "1000000000000.3"]);
  expect(numbers?.sd).toBeCloseTo(0.1, 3);
});

test.each([
  [["1", "2"], "integer"],
  [["1", "2.5"], "number"],
  [["true", "false"], "boolean"],
  [["2026-05-01", "2026-05-02T10:00"], "time"],
  [["1", "x"], "text"],
  [["", "NA"], "empty"],
])("infers for %j the type %s", (cells, type) => {
  expect(profileOf(cells).type).toBe(type);
});

test("reports a value of another kind with its position", () => {
  const { kinds } = profileOf(["1", "2", "abc", "3"]);
  expect(kinds).toEqual([
    { kind: "integer", count: 3, firstAt: 2, example: "1" },
    { kind: "text", count: 1, firstAt: 4, example: "abc" },
  ]);
});

test("lists levels by frequency, and lengths of texts", () => {
  const profile = profileOf(["b", "a", "ccc", "b"]);
  expect(profile.levels).toEqual([
    { value: "b", count: 2 },
    { value: "a", count: 1 },
    { value: "ccc", count: 1 },
  ]);
  expect(profile.texts).toEqual({ shortest: 1, longest: 3, mean: 1.5 });
});

test("omits values that Postgres cannot store", () => {
  const { kinds, levels } = profileOf(["\0", "\ud800"]);
  expect(JSON.stringify([kinds, levels])).not.toMatch(/\\u0000|\\ud800/);
});

test("approximates distinct count, quantiles and bins of 200,000 values, with exact moments", () => {
  const profiler = new ColumnProfiler("c");
  for (let index = 0; index < 200_000; index++) profiler.add(valueOfNumber((index * 7919) % 100_000), index);
  const { distinct, levels, numbers } = profiler.profile();
  expect(distinct.method).toBe("hyperloglog");
  expect(Math.abs(distinct.count / 100_000 - 1)).toBeLessThan(0.05);
  expect(levels).toBeNull();
  expect(numbers).toMatchObject({ min: 0, max: 99_999, basis: "sample" });
  expect(numbers?.mean).toBeCloseTo(49_999.5, 6);
  expect(Math.abs((numbers?.quantiles[10] ?? 0) / 50_000 - 1)).toBeLessThan(0.08);
  for (const { count } of numbers?.bins ?? []) expect(Math.abs(count - 10_000)).toBeLessThan(2500);
});
