import { describe, expect, it } from "vitest";
import {
  extent,
  lastPoint,
  markGaps,
  namedGaps,
  type Point,
  rangesBeyond,
  stackTops,
  thin,
  valueAt,
  widen,
} from "./prepare.ts";
import { prepareLines } from "./prepare-lines.ts";

const points = (...pairs: [number, number | null][]): Point[] => pairs.map(([at, value]) => ({ at, value }));
const series = (id: string, ...pairs: [number, number | null][]) => ({ id, label: id, points: points(...pairs) });

describe("gaps", () => {
  it("breaks the line only where points are further apart than the grain", () => {
    expect(markGaps(points([0, 1], [10, 2], [40, 3], [50, 4]), 10)).toEqual(
      points([0, 1], [10, 2], [20, null], [40, 3], [50, 4]),
    );
  });

  it("names only gaps wider than the share in which no series has a value", () => {
    const a = series("a", [0, 1], [10, null], [40, 2], [41, 2], [42, null], [43, 2], [100, 1]);
    const fullRange = { from: 0, to: 100 };
    expect(namedGaps([a], fullRange)).toEqual([{ from: 0, to: 40 }]);
    expect(namedGaps([a, series("b", [20, 1])], fullRange)).toEqual([{ from: 0, to: 20 }]);
  });
});

describe("thinning", () => {
  it("keeps the peak and the trough of every bucket in order", () => {
    const many = Array.from({ length: 10_000 }, (_, at) => ({ at, value: at === 6_001 ? 99 : at === 6_000 ? -99 : 1 }));
    const few = thin(many, 100);
    expect(few.length).toBeLessThanOrEqual(100);
    expect(few.filter((point) => Math.abs(point.value ?? 0) === 99)).toEqual(points([6_000, -99], [6_001, 99]));
    expect(few.map((point) => point.at)).toEqual(few.map((point) => point.at).sort((a, b) => a - b));
  });

  it("keeps gaps and leaves short series unchanged", () => {
    const gap = Array.from({ length: 400 }, (_, at) => ({ at, value: at < 200 ? null : 1 }));
    expect(thin(gap, 20).some((point) => point.value === null)).toBe(true);
    expect(thin(points([0, 1], [1, 2]), 10)).toEqual(points([0, 1], [1, 2]));
  });
});

describe("lines", () => {
  it("returns one line per series if all have the same timestamps, with nulls kept", () => {
    const { rows, lines } = prepareLines([series("a", [0, 1], [1, null], [2, 3]), series("b", [0, 4], [1, 5], [2, 6])]);
    expect(lines).toEqual([
      { key: "0", series: 0, alone: [0, 2] },
      { key: "1", series: 1, alone: [] },
    ]);
    expect(rows[1]).toEqual({ at: 1, 0: null, 1: 5 });
  });

  it("returns one line per unbroken piece otherwise, broken by gaps but not by other series", () => {
    const { rows, lines } = prepareLines([
      series("a", [0, 1], [10, 2], [20, null], [30, 3]),
      series("b", [0, 1], [5, 1], [10, 1]),
    ]);
    expect(lines.filter((line) => line.series === 0)).toEqual([
      { key: "0.0", series: 0, alone: [] },
      { key: "0.1", series: 0, alone: [30] },
    ]);
    expect(rows.map((row) => row.at)).toEqual([0, 5, 10, 20, 30]);
    expect(rows.find((row) => row.at === 20)).toEqual({ at: 20 });
  });
});

it("finds the extent, the last measured point and the value under the cursor", () => {
  expect(extent([series("a", [3, 1], [9, null]), series("b", [5, 1])])).toEqual({ from: 3, to: 9 });
  expect(extent([series("a")])).toBeUndefined();
  expect(lastPoint(points([1, 5], [2, null]))).toEqual({ at: 1, value: 5 });
  expect(valueAt(points([0, 1], [10, 2]), 12)).toBe(2);
  expect(valueAt(points([0, 1], [10, 2]), 30)).toBeNull();
});

it("finds ranges beyond a limit, up to the first point back or the last one before a gap", () => {
  const some = points([0, 1], [1, 5], [2, 6], [3, 1], [4, 7], [5, null], [6, 9]);
  expect(rangesBeyond(some, 4, "above")).toEqual([
    { from: 1, to: 3 },
    { from: 4, to: 4 },
    { from: 6, to: 6 },
  ]);
  expect(rangesBeyond(some, 2, "below")).toEqual([
    { from: 0, to: 1 },
    { from: 3, to: 4 },
  ]);
});

it("draws NaN and infinity as gaps", () => {
  const { rows } = prepareLines([series("loss", [0, 1], [1, Number.NaN], [2, Number.POSITIVE_INFINITY], [3, 2])]);
  expect(rows.map((row) => row[0])).toEqual([1, null, null, 2]);
});

it("sums a stack, keeps moments without values as null, and widens a single moment", () => {
  expect(stackTops([series("a", [0, 1], [1, null], [2, null]), series("b", [0, 2], [1, 3], [2, null])])).toEqual(
    points([0, 3], [1, 3], [2, null]),
  );
  expect(widen({ from: 5, to: 5 }, 2)).toEqual({ from: 4, to: 6 });
  expect(widen({ from: 5, to: 7 }, 2)).toEqual({ from: 5, to: 7 });
});
