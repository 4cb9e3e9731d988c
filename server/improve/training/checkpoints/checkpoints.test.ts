import { expect, test } from "vitest";
import { adviseInterval } from "./advise-interval.ts";
import { type KeptOrNot, keepCheckpoints } from "./keep-checkpoints.ts";

const checkpoint = (seq: number, changes: Partial<KeptOrNot> = {}): KeptOrNot => ({
  id: `c${seq}`,
  seq,
  measured: null,
  isTorn: false,
  isVerified: false,
  ...changes,
});
const kept = (...input: Parameters<typeof keepCheckpoints>) => [...keepCheckpoints(...input)].sort();
const rule = { keepLast: 2, best: null };

test("keeps the last ones, in whatever order they come", () => {
  expect(
    kept(
      [4, 1, 3, 2].map((seq) => checkpoint(seq)),
      rule,
    ),
  ).toEqual(["c3", "c4"]);
  expect(kept([], rule)).toEqual([]);
});

test("a damaged one takes no place", () => {
  expect(kept([checkpoint(1), checkpoint(2), checkpoint(3, { isTorn: true }), checkpoint(4)], rule)).toEqual([
    "c2",
    "c4",
  ]);
});

test("keeps the newest that was restored, and what an attempt began with", () => {
  const all = [1, 2, 3, 4, 5].map((seq) => checkpoint(seq, { isVerified: seq <= 2 }));
  expect(kept(all, rule)).toEqual(["c2", "c4", "c5"]);
  expect(kept(all, rule, new Set(["c1"]))).toEqual(["c1", "c2", "c4", "c5"]);
});

test("keeps the best by a metric, the newest of equal ones", () => {
  const values = [0.9, 0.2, 0.2, Number.NaN, 0.4, 0.5];
  const all = values.map((loss, at) => checkpoint(at + 1, { measured: { value: loss, step: at } }));
  expect(kept(all, { ...rule, best: { metric: "loss", goal: "min" } })).toEqual(["c3", "c5", "c6"]);
  expect(kept(all, { ...rule, best: { metric: "loss", goal: "max" } })).toEqual(["c1", "c5", "c6"]);
});

test("of checkpoints that one point measured, the best is the first", () => {
  const all = [1, 2, 3, 4, 5].map((seq) => checkpoint(seq, { measured: { value: 0.1, step: seq < 4 ? 70 : 80 } }));
  expect(kept(all.slice(0, 3), { keepLast: 1, best: { metric: "loss", goal: "min" } })).toEqual(["c1", "c3"]);
  expect(kept(all, { keepLast: 1, best: { metric: "loss", goal: "min" } })).toEqual(["c4", "c5"]);
});

test("advises to save more often, and says why", () => {
  const advice = adviseInterval({ saveSeconds: 9, betweenSeconds: 2.1 * 3600, intervalSeconds: 2400 });
  expect(advice?.seconds).toBeCloseTo(368.9, 1);
  expect(advice?.message.replaceAll("\u00a0", " ")).toBe(
    "Save every 6 min: saving takes 9 s and the job is interrupted every 2 h 6 min; now it saves every 40 min.",
  );
});

test.each([
  ["saves about so often", { saveSeconds: 9, betweenSeconds: 7560, intervalSeconds: 400 }],
  ["has never saved", { saveSeconds: 0, betweenSeconds: 7560, intervalSeconds: 400 }],
  ["was never interrupted", { saveSeconds: 9, betweenSeconds: Number.POSITIVE_INFINITY, intervalSeconds: 400 }],
])("advises nothing to a job that %s", (_, habit) => {
  expect(adviseInterval(habit)).toBeNull();
});
