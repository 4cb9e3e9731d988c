import { expect, test } from "vitest";
import type { PreviewedPoint } from "#server/develop/features/training-sets/contract.ts";
import { placeLanes, rowAt, wordsWithRoom } from "./point-in-time-layout.ts";

const hour = 3_600_000_000;
const at = 1_000 * hour;
const point = (state: PreviewedPoint["state"], hours: number, knownHours: number | null = null): PreviewedPoint => ({
  state,
  eventAt: at + hours * hour,
  createdAt: null,
  arrivedAt: at,
  knownAt: knownHours === null ? null : at + knownHours * hour,
});

test("places earlier rows at the left and later ones at the right, in order, on one scale", () => {
  const lanes = [
    { points: [point("older", -30), point("joined", -1), point("later", 2)] },
    { points: [point("joined", -30), point("not-known", -4, 20)] },
  ];
  const placed = placeLanes(at, lanes, [2 * hour, null], at + 500 * hour);
  const [first, second] = placed.lanes;
  const xs = first?.points.map(({ x }) => x) ?? [];
  expect(xs).toEqual(xs.toSorted((a, b) => a - b));
  expect(xs[1]).toBeLessThan(rowAt);
  expect(xs[2]).toBeGreaterThan(rowAt);
  expect(second?.points[0]?.x).toBe(xs[0]);
  expect(first?.ttlX).toBeGreaterThan(xs[0] ?? 0);
  expect(first?.ttlX).toBeLessThan(xs[1] ?? 0);
  expect(second?.ttlX).toBeNull();
  expect(second?.points[1]?.knownX).toBeGreaterThan(rowAt);
  expect(second?.points[0]?.knownX).toBeNull();
  expect(placed.labelX).toBe(98);
});

test("keeps everything inside the picture, whatever is missing", () => {
  expect(placeLanes(at, [{ points: [] }], [null], null)).toEqual({ lanes: [{ points: [], ttlX: null }], labelX: null });
  const { lanes } = placeLanes(at, [{ points: [point("joined", 0)] }], [100 * hour], null);
  expect(lanes[0]?.points[0]?.x).toBe(rowAt);
  expect(lanes[0]?.ttlX).toBe(1.5);
});

test("leaves out labels that would overlap a more important one", () => {
  const joined = { x: 40, text: "22:40:51, created 22:49:51" };
  const words = [joined, { x: 30, text: "18:00, known 1 d later" }, { x: 90, text: "after" }, { x: 5, text: "older" }];
  expect(wordsWithRoom(words).map(({ text }) => text)).toEqual([joined.text, "after", "older"]);
});
