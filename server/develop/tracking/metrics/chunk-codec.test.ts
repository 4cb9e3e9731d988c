import { expect, test } from "vitest";
import { decodeChunk, encodeChunk, readSummary, summaryBytes } from "./chunk-codec.ts";
import { comparePoints, type StoredPoint, sortedSet } from "./stored-point.ts";

const point = (step: number, timestamp: number, value: number): StoredPoint => ({ step, timestamp, value });
const { MAX_SAFE_INTEGER: most, MAX_VALUE: largest } = Number;

function roundTrip(points: readonly StoredPoint[]): StoredPoint[] {
  return decodeChunk(Buffer.from(encodeChunk(points)), points.length);
}

test.each<[string, StoredPoint[]]>([
  ["one point", [point(-5, 0, 0.1)]],
  ["even steps", [point(0, 10, 0.1), point(10, 20, 0.2), point(20, 30, 0.3)]],
  ["times that go back", [point(0, 1_700_000_000_000, 1), point(1, 1_600_000_000_000, 2), point(7, 3, 3)]],
  ["one step for all", [point(0, 1, 1), point(0, 2, 2), point(0, 2, 3), point(0, 2, Number.NaN)]],
  ["steps as far apart as can be", [point(-most, 0, 1), point(-1, most, 1), point(most, 0, 1)]],
  ["values of every size", [point(0, 0, Number.NaN), point(1, 0, largest), point(2, 0, -largest), point(3, 0, 5e-324)]],
  ["values of a 32-bit framework", [point(0, 0, Math.fround(0.1)), point(1, 0, Number.NaN), point(2, 0, 0)]],
])("round-trips %s exactly", (_, points) => {
  expect(roundTrip(points)).toEqual(points);
});

test("encodes a typical training curve in at most 12 bytes per point", () => {
  const points = Array.from({ length: 160 }, (_, index) =>
    point(index * 10, 1_700_000_000_000 + index * 1_000 + (index % 7), Math.exp(-index / 50)),
  );
  expect(encodeChunk(points).length / points.length).toBeLessThan(12);
  expect(roundTrip(points)).toEqual(points);
});

test("reads the extremes, sum and first NaN from the start of a chunk", () => {
  const chunk = encodeChunk([point(0, 5, 2), point(1, 6, Number.NaN), point(2, 7, -1), point(3, 8, Number.NaN)]);
  const expected = { low: -1, high: 2, sum: 1, nans: 2, nanTimestamp: 6 };
  expect(readSummary(chunk.subarray(0, summaryBytes))).toEqual(expected);
  expect(readSummary(encodeChunk([point(0, 5, Number.NaN)]))).toMatchObject({
    low: Number.NaN,
    high: Number.NaN,
    sum: 0,
  });
});

test("sorts points as Postgres does and keeps each once, including NaN", () => {
  const points = [point(1, 1, Number.NaN), point(1, 1, 2), point(0, 9, 1), point(1, 1, Number.NaN), point(1, 1, 2)];
  expect(sortedSet(points)).toEqual([point(0, 9, 1), point(1, 1, 2), point(1, 1, Number.NaN)]);
  expect(comparePoints(point(0, 0, Number.NaN), point(0, 0, Number.NaN))).toBe(0);
});
