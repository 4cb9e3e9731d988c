import { expect, test } from "vitest";
import { chartCsv } from "./chart-csv.ts";

const points = (...values: (number | null)[]) => values.map((value, at) => ({ at, value }));

test("writes exact numbers in a column per series, and empty cells without a measurement", () => {
  const csv = chartCsv("step", [
    { id: "a", label: 'val, "new"', points: points(0.123456789, null) },
    { id: "b", label: "b", points: points(1, 2) },
  ]);
  expect(csv).toBe('step,"val, ""new""",b\n0,0.123456789,1\n1,,2');
});

test("adds low and high columns for aggregated points", () => {
  const csv = chartCsv("step", [{ id: "a", label: "a", points: points(5), band: [{ at: 0, low: 1, high: 9 }] }]);
  expect(csv).toBe("step,a,a low,a high\n0,5,1,9");
});
