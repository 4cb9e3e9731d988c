import { expect, test } from "vitest";
import { attemptStrip } from "./attempt-strip.ts";

const at = (minutes: number) => new Date(minutes * 60_000);
const minutes = (ms: number) => ms / 60_000;
const attempt = (number: number, from: number | null, to: number | null, changes = {}) => ({
  number,
  startedAt: from === null ? null : at(from),
  endedAt: to === null ? null : at(to),
  cause: to === null ? null : ("preempted" as const),
  lastStep: null,
  resumedFrom: null,
  ...changes,
});
const job = {
  state: "running" as const,
  submittedAt: at(0),
  endedAt: null,
  attempts: [],
  checkpoints: [],
  losses: [],
  leftMs: null,
  now: at(100).getTime(),
};
const partsOf = (strip: ReturnType<typeof attemptStrip>) =>
  strip.parts.map(({ kind, from, to }) => [kind, minutes(from), minutes(to)]);

test("a queued job is one dashed bar", () => {
  const strip = attemptStrip({ ...job, state: "waiting" });
  expect(partsOf(strip)).toEqual([["queued", 0, 100]]);
  expect(strip.ends).toEqual([]);
});

test("shows what waited, ran, was lost, runs, and is expected", () => {
  const strip = attemptStrip({
    ...job,
    attempts: [attempt(1, 8, 49, { lastStep: 11_214 }), attempt(2, 63, null, { resumedFrom: "a" })],
    checkpoints: [
      { id: "b", step: 11_160, createdAt: at(48), tornAt: at(62) },
      { id: "a", step: 11_088, createdAt: at(47), tornAt: null },
    ],
    losses: [{ attempt: 1, seconds: 120 }],
    leftMs: 600_000,
  });
  expect(partsOf(strip)).toEqual([
    ["queued", 0, 8],
    ["ran", 8, 47],
    ["lost", 47, 49],
    ["queued", 49, 63],
    ["running", 63, 100],
    ["expected", 100, 110],
  ]);
  expect(strip.ends).toEqual([{ attempt: 1, at: at(49).getTime(), words: "preempted at step 11,214", side: "right" }]);
  expect(strip.returns).toEqual([
    {
      attempt: 2,
      from: at(47).getTime(),
      at: at(63).getTime(),
      words: "from step 11,088: 2\u00a0min lost",
      side: "right",
    },
  ]);
  expect(strip.ticks.map(({ kind, resumedBy }) => [kind, resumedBy])).toEqual([
    ["torn", null],
    ["resumed", 2],
  ]);
  expect(minutes(strip.to)).toBe(110);
});

test("a job that waits for its next attempt is queued until now, and one that ended is frozen", () => {
  const attempts = [attempt(1, 1, 10), attempt(2, null, 12)];
  expect(partsOf(attemptStrip({ ...job, state: "resuming", attempts })).at(-1)).toEqual(["queued", 10, 100]);
  const ended = attemptStrip({ ...job, state: "finished", endedAt: at(10), attempts, leftMs: 5 });
  expect(partsOf(ended)).toEqual([
    ["queued", 0, 1],
    ["ran", 1, 10],
  ]);
  expect(minutes(ended.to)).toBe(10);
});

test("never loses more than an attempt took", () => {
  const strip = attemptStrip({ ...job, attempts: [attempt(1, 0, 5)], losses: [{ attempt: 1, seconds: 9999 }] });
  expect(partsOf(strip)[0]).toEqual(["lost", 0, 5]);
});

test("words of places that are near each other do not cover each other", () => {
  const attempts = [attempt(1, 0, 10), attempt(2, 11, 12), attempt(3, 80, 98), attempt(4, 99, null)];
  const { ends, returns } = attemptStrip({ ...job, attempts });
  expect(ends.map(({ attempt, side }) => [attempt, side])).toEqual([
    [1, "none"],
    [2, "right"],
    [3, "left"],
  ]);
  expect(returns.map(({ words, from }) => [words, from])).toEqual(Array(3).fill(["from the start", null]));
});
