import { expect, test } from "vitest";
import { RequestQueue, retryAfterSeconds } from "./request-queue.ts";

test("what has expired is set aside and never handed out", () => {
  const queue = new RequestQueue<{ name: string; deadlineAt: number }>(4);
  const [a, b, c] = [
    { name: "a", deadlineAt: 10 },
    { name: "b", deadlineAt: 20 },
    { name: "c", deadlineAt: 15 },
  ];
  for (const request of [a, b, c]) queue.push(request);
  expect(queue.take(15)).toEqual({ next: b, expired: [a] });
  expect(queue.take(15)).toEqual({ next: undefined, expired: [c] });
  expect(queue.length).toBe(0);
});

test("a full queue takes no more until one leaves", () => {
  const queue = new RequestQueue<{ deadlineAt: number }>(1);
  const first = { deadlineAt: 1 };
  expect(queue.push(first)).toBe(true);
  expect(queue.push({ deadlineAt: 1 })).toBe(false);
  expect(queue.remove(first)).toBe(true);
  expect(queue.remove(first)).toBe(false);
  expect(queue.push({ deadlineAt: 1 })).toBe(true);
});

test("the time to wait is what the queue needs, in whole seconds, and never none", () => {
  expect(retryAfterSeconds(100, 50, 2)).toBe(3);
  expect(retryAfterSeconds(1, 1, 4)).toBe(1);
  expect(retryAfterSeconds(10, 1000, 0)).toBe(10);
});
