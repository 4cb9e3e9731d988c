import { expect, test } from "vitest";
import { BatchQueue, type BatchRule, type Queued, retryAfterSeconds } from "./batch-queue.ts";

interface Named extends Queued {
  name: string;
}
const waiting = (name: string, rest: Partial<Queued> = {}): Named => ({
  name,
  enqueuedAt: 0,
  deadlineAt: 1000,
  isWanted: true,
  level: 0,
  rows: 1,
  key: "k",
  ...rest,
});

function queueOf(rule: Partial<BatchRule>, requests: Named[], levels = 1): BatchQueue<Named> {
  const queue = new BatchQueue<Named>(100, levels);
  queue.rule = { maxRows: 4, preferredRows: [], maxDelayMs: 0, ...rule };
  for (const request of requests) queue.push(request);
  return queue;
}
const names = (requests: readonly Named[]) => requests.map(({ name }) => name).join("");

interface Case {
  what: string;
  rule?: Partial<BatchRule>;
  requests: Named[];
  at?: number;
  batch: string;
  waitMs?: number;
}
const cases: Case[] = [
  { what: "nothing waits for companions by default", requests: [waiting("a")], batch: "a" },
  { what: "what has gathered runs together", requests: [waiting("a"), waiting("b"), waiting("c")], batch: "abc" },
  {
    what: "a batch has at most the largest number of rows",
    requests: [waiting("a", { rows: 2 }), waiting("b"), waiting("c", { rows: 2 }), waiting("d")],
    batch: "ab",
    waitMs: 0,
  },
  {
    what: "a request above the largest number of rows runs by itself",
    requests: [waiting("a", { rows: 9 }), waiting("b")],
    batch: "a",
    waitMs: 0,
  },
  {
    what: "other shapes are left for the next batch",
    requests: [waiting("a"), waiting("b", { key: "other" }), waiting("c")],
    batch: "ac",
    waitMs: 0,
  },
  {
    what: "a request without a key runs by itself",
    requests: [waiting("a", { key: undefined }), waiting("b", { key: undefined })],
    batch: "a",
    waitMs: 0,
  },
  {
    what: "with a delay the oldest waits for companions until it is over",
    rule: { maxDelayMs: 5 },
    requests: [waiting("a", { enqueuedAt: 10 }), waiting("b", { enqueuedAt: 12 })],
    at: 13,
    batch: "",
    waitMs: 2,
  },
  {
    what: "after the delay what is there runs",
    rule: { maxDelayMs: 5 },
    requests: [waiting("a", { enqueuedAt: 10 }), waiting("b", { enqueuedAt: 12 })],
    at: 15,
    batch: "ab",
  },
  {
    what: "a full batch ends the delay",
    rule: { maxDelayMs: 5, maxRows: 2 },
    requests: [waiting("a"), waiting("b"), waiting("c")],
    batch: "ab",
    waitMs: 0,
  },
  {
    what: "a batch that the next request does not fit into ends the delay",
    rule: { maxDelayMs: 5 },
    requests: [waiting("a", { rows: 3 }), waiting("b", { rows: 2 })],
    batch: "a",
    waitMs: 0,
  },
  {
    what: "the largest preferred size that can be formed ends the delay",
    rule: { maxDelayMs: 5, maxRows: 8, preferredRows: [2, 4] },
    requests: ["a", "b", "c", "d", "e"].map((name) => waiting(name)),
    batch: "abcd",
    waitMs: 0,
  },
  {
    what: "below every preferred size the delay is kept",
    rule: { maxDelayMs: 5, maxRows: 8, preferredRows: [4] },
    requests: [waiting("a"), waiting("b")],
    at: 1,
    batch: "",
    waitMs: 4,
  },
];
test.each(cases)("$what", ({ rule = {}, requests, at = 0, batch, waitMs }) => {
  const taken = queueOf(rule, requests).take(at);
  expect(names(taken.batch)).toBe(batch);
  expect(taken.waitMs).toBe(waitMs);
});

test("drops expired and abandoned requests instead of returning them", () => {
  const [late, left, good] = [waiting("a", { deadlineAt: 10 }), waiting("b", { isWanted: false }), waiting("c")];
  const queue = queueOf({}, [late, left, good]);
  expect(queue.take(10)).toEqual({ batch: [good], dropped: [late, left], waitMs: undefined });
  expect(queue.length).toBe(0);
});

test("takes a higher priority level first and fills its batch with lower levels", () => {
  const requests = [waiting("a", { level: 1 }), waiting("b", { level: 1, key: "other" }), waiting("c", { level: 0 })];
  const queue = queueOf({}, requests, 2);
  expect(names(queue.take(0).batch)).toBe("ca");
  expect(names(queue.take(0).batch)).toBe("b");
});

test("rejects requests when full until one leaves or is no longer wanted", () => {
  const queue = new BatchQueue<Named>(1);
  const first = waiting("a");
  expect(queue.push(first)).toBe(true);
  expect(queue.push(waiting("b"))).toBe(false);
  first.isWanted = false;
  expect(queue.push(waiting("c"))).toBe(true);
  expect(names(queue.take(0).batch)).toBe("c");
});

test("returns requeued requests first, in order, even above the limit", () => {
  const queue = new BatchQueue<Named>(1);
  queue.push(waiting("c"));
  queue.requeue([waiting("a", { key: undefined }), waiting("b", { key: undefined })]);
  expect(queue.length).toBe(3);
  expect([1, 2, 3].map(() => names(queue.take(0).batch)).join("")).toBe("abc");
});

test("computes Retry-After from the queue length in whole seconds, at least 1", () => {
  expect(retryAfterSeconds(100, 50, 2)).toBe(3);
  expect(retryAfterSeconds(1, 1, 4)).toBe(1);
  expect(retryAfterSeconds(10, 1000, 0)).toBe(10);
});
