import { expect, test } from "vitest";
import { StoreClock } from "./store-clock.ts";

const secondUs = 1_000_000;

/** A clock, its own time, and answers of a database that is ahead. */
function newClock() {
  const own = { ms: 1_000 };
  const clock = new StoreClock(() => own.ms);
  /** The database reads its clock so long after it was asked, and the answer comes so much later. */
  const answer = (aheadUs: number, beforeMs: number, afterMs: number) => {
    const askedMs = own.ms;
    own.ms += beforeMs;
    const readAt = own.ms * 1000 + aheadUs;
    own.ms += afterMs;
    clock.note(readAt, askedMs);
  };
  return { clock, answer, ahead: () => clock.now() - own.ms * 1000 };
}

test("is that of this machine at first, and then the middle of what is possible", () => {
  const { clock, answer, ahead } = newClock();
  expect(Math.abs(clock.now() / 1000 - Date.now())).toBeLessThan(1_000);
  answer(3_600 * secondUs, 2, 6);
  expect(ahead()).toBe(3_600 * secondUs - 2_000);
});

test("is not changed by an answer that took long, wherever the time went", () => {
  const { answer, ahead } = newClock();
  answer(5 * secondUs, 1, 1);
  answer(5 * secondUs, 1, 4_000);
  expect(ahead()).toBe(5 * secondUs);
  answer(5 * secondUs, 4_000, 1);
  expect(ahead()).toBe(5 * secondUs);
});

test("gets better with each quick answer after a slow one", () => {
  const { answer, ahead } = newClock();
  answer(0, 0, 4_000);
  expect(ahead()).toBe(-2 * secondUs);
  answer(0, 5, 5);
  expect(Math.abs(ahead())).toBeLessThanOrEqual(5_000);
});

test("follows clocks that drift or are set", () => {
  const { answer, ahead } = newClock();
  answer(secondUs, 1, 1);
  answer(8 * secondUs, 1, 1);
  expect(Math.abs(ahead() - 8 * secondUs)).toBeLessThanOrEqual(2_000);
  answer(-8 * secondUs, 1, 1);
  expect(Math.abs(ahead() + 8 * secondUs)).toBeLessThanOrEqual(2_000);
});
