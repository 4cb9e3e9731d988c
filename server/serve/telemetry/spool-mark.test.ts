import { expect, test } from "vitest";
import { latestMark, nextMark, startOf, writerOf } from "./spool-mark.ts";

const start = 1_700_000_000_000;
const minute = 60_000;

test("opens windows in the order of their starts while the clock advances", () => {
  expect(nextMark(undefined, start, minute)).toBe(start);
  expect(nextMark(start, start + 10_000, minute)).toBe(start + 10_000);
  expect(writerOf("g", start)).toBe("g");
});

test("leaves the window open when the clock is set back by less than the tolerance", () => {
  expect(nextMark(start + minute, start, minute)).toBe(start + minute);
});

test("counts under another id once the clock is set back further, and goes on with it", () => {
  const back = nextMark(start + 2 * minute, start, minute);
  expect([startOf(back), writerOf("g", back)]).toEqual([start, "g~1"]);
  const next = nextMark(back, start + 10_000, minute);
  expect([startOf(next), writerOf("g", next)]).toEqual([start + 10_000, "g~1"]);
  const again = nextMark(next, start - 5 * minute, minute);
  expect([startOf(again), writerOf("g", again)]).toEqual([start - 5 * minute, "g~2"]);
});

test("finds the window that was opened last, although an earlier one starts later", () => {
  const back = nextMark(start + 2 * minute, start, minute);
  expect(latestMark([start, back, start + 2 * minute])).toBe(back);
  expect(latestMark([])).toBeUndefined();
});

test("leaves the window open after a thousand corrections", () => {
  let mark = start;
  for (let times = 1; times < 1000; times += 1) mark = nextMark(mark, start - times * 2 * minute, minute);
  expect(writerOf("g", mark)).toBe("g~999");
  expect(nextMark(mark, startOf(mark) - 2 * minute, minute)).toBe(mark);
});
