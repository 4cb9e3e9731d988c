import { expect, test } from "vitest";
import { chartCsv } from "./chart-csv.ts";

const points = (...values: (number | null)[]) => values.map((value, at) => ({ at, value }));

test("exact numbers stand in a column per series, and nothing where nothing was measured", () => {
  const csv = chartCsv("step", [
    { id: "a", label: 'val, "new"', points: points(0.123456789, null) },
    { id: "b", label: "b", points: points(1, 2) },
  ]);
  expect(csv).toBe('step,"val, ""new""",b\n0,0.123456789,1\n1,,2');
});

test("points that stand for many have their lowest and highest beside them", () => {
  const csv = chartCsv("step", [{ id: "a", label: "a", points: points(5), band: [{ at: 0, low: 1, high: 9 }] }]);
  expect(csv).toBe("step,a,a low,a high\n0,5,1,9");
});
