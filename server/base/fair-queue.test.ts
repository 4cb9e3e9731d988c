import { expect, test } from "vitest";
import { FairQueue } from "./fair-queue.ts";

/** Runs one item at a time for some milliseconds; returns the tenants in the order in which they were served. */
function served(queue: FairQueue<number>, count: number): string[] {
  return Array.from({ length: count }, () => {
    const turn = queue.take();
    turn?.done(turn.item);
    return turn?.tenant ?? "none";
  });
}

test("gives tenants the same time, however long their items take and however many wait", () => {
  const queue = new FairQueue<number>();
  for (let index = 0; index < 100; index += 1) queue.push("slow", 100);
  for (let index = 0; index < 100; index += 1) queue.push("fast", 1);
  const order = served(queue, 110);
  // After the first item of 100 ms, the other tenant has the next 100 ms for itself.
  expect(order.filter((tenant) => tenant === "fast").length).toBeGreaterThanOrEqual(98);
  expect(order.slice(0, 2)).toEqual(["slow", "fast"]);
});

test("serves the items of a tenant in order", () => {
  const queue = new FairQueue<number>();
  for (const item of [3, 1, 2]) queue.push("a", item);
  expect([queue.take()?.item, queue.take()?.item, queue.take()?.item, queue.take()]).toEqual([3, 1, 2, undefined]);
});

test("spreads what is free over the tenants before it knows how long their items take", () => {
  const queue = new FairQueue<number>();
  for (let index = 0; index < 4; index += 1) queue.push("many", 1);
  queue.push("one", 1);
  expect([queue.take()?.tenant, queue.take()?.tenant]).toEqual(["many", "one"]);
});

test("gives no credit for time in which a tenant had nothing to do", () => {
  const queue = new FairQueue<number>();
  for (let index = 0; index < 50; index += 1) queue.push("steady", 10);
  served(queue, 50);
  for (let index = 0; index < 50; index += 1) queue.push("steady", 10);
  for (let index = 0; index < 50; index += 1) queue.push("late", 10);
  const order = served(queue, 20);
  expect(order.filter((tenant) => tenant === "late").length).toBeLessThanOrEqual(12);
});

test("takes nothing of a tenant that may not run more", () => {
  const queue = new FairQueue<number>();
  queue.push("a", 1);
  queue.push("b", 2);
  expect(queue.take((tenant) => tenant !== "a")?.tenant).toBe("b");
  expect(queue.take((tenant) => tenant !== "a")).toBeUndefined();
  expect(queue.length).toBe(1);
});

test("removes an item that waits, and evicts tenants without any", () => {
  const queue = new FairQueue<number>();
  queue.push("a", 1);
  queue.push("b", 2);
  queue.remove("a", 1);
  queue.remove("a", 7);
  expect([queue.length, queue.tenants, queue.waitingOf("b")]).toEqual([1, 1, 1]);
  expect(queue.clear()).toEqual([2]);
  expect([queue.length, queue.tenants]).toEqual([0, 0]);
});
