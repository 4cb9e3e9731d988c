import { expect, test } from "vitest";
import { ByteBudget } from "./byte-budget.ts";

const kib = 2 ** 10;

test("leaves room for others when one tenant holds its share, and lets small calls pass", async () => {
  const budget = new ByteBudget(1_000 * kib, 500 * kib);
  const first = budget.hold();
  await first.take(500 * kib, "ann");
  const second = budget.hold();
  let isTaken = false;
  const waiting = second.take(65 * kib, "ann").then(() => (isTaken = true));
  await budget.hold().take(64 * kib, "ann");
  await budget.hold().take(500 * kib, "bob");
  expect([isTaken, budget.held]).toEqual([false, 1_000 * kib]);
  first.release();
  await waiting;
  expect(budget.held).toBe(565 * kib);
});

test("counts the small messages of a call together", async () => {
  const budget = new ByteBudget(1_000 * kib, 500 * kib);
  const held = budget.hold();
  for (let message = 0; message < 20; message += 1) await held.take(8 * kib, "ann");
  expect(budget.held).toBe(96 * kib);
  held.release();
  expect(budget.held).toBe(0);
});

test("takes nothing for a call that is over, also if it waited", async () => {
  const budget = new ByteBudget(100 * kib, 100 * kib);
  const other = budget.hold();
  await other.take(100 * kib, "ann");
  const held = budget.hold();
  const waiting = held.take(100 * kib, "bob");
  held.release();
  await expect(waiting).rejects.toThrow("The call has ended.");
  await expect(held.take(1, "bob")).rejects.toThrow("The call has ended.");
  other.release();
  expect(budget.held).toBe(0);
});
