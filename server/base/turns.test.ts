import { expect, test } from "vitest";
import { Turns } from "./turns.ts";

test("lets others work once a turn is due, and not before", async () => {
  let hasWorked = false;
  setImmediate(() => {
    hasWorked = true;
  });
  const late = new Turns(60_000);
  expect(late.isDue).toBe(false);
  await late.next();
  expect(hasWorked).toBe(false);
  const due = new Turns(0);
  expect(due.isDue).toBe(true);
  await due.next();
  expect(hasWorked).toBe(true);
});
