import { expect, test } from "vitest";
import { appendPage, lineId, maxLines, openWindow, prependPage, readLineId, splitMatches } from "./log-window.ts";

/** A page whose lines are ten bytes each. */
function page(attempt: number, from: number, count: number, changes = {}) {
  const lines = Array.from({ length: count }, (_, at) => ({
    number: from + at,
    start: (from + at - 1) * 10,
    text: `line ${from + at}`,
    dropped: 0,
    at: "2026-06-03T10:00:00.000Z",
  }));
  const next = (from + count - 1) * 10;
  const counts = { bytes: next, totalLines: from + count - 1, droppedBytes: 0, isComplete: false };
  return { attempt, lines, next, nextLine: from + count, ...counts, ...changes };
}

const numbers = (window: ReturnType<typeof openWindow>) =>
  window.map(({ attempt, lines }) => [attempt, lines[0]?.number, lines.at(-1)?.number]);

test("follows a log over its attempts", () => {
  const first = appendPage(openWindow(page(1, 1, 5)), page(1, 6, 3));
  const second = appendPage(first, page(2, 1, 2));
  expect(numbers(second)).toEqual([
    [1, 1, 8],
    [2, 1, 2],
  ]);
  expect(appendPage(second, page(1, 9, 1))).toBe(second);
});

test("replaces a line that was still being written", () => {
  const open = openWindow(page(1, 1, 3, { next: 20 }));
  const window = appendPage(open, page(1, 3, 2));
  expect(numbers(window)).toEqual([[1, 1, 4]]);
  expect(window[0]?.next).toBe(40);
  // Nothing new: what is held stays.
  expect(numbers(appendPage(window, page(1, 5, 0)))).toEqual([[1, 1, 4]]);
});

test("reads back to earlier lines and attempts without repeating any", () => {
  const back = prependPage(openWindow(page(2, 5, 5)), page(2, 1, 6));
  expect(numbers(back)).toEqual([[2, 1, 9]]);
  expect(numbers(prependPage(back, page(1, 7, 3)))).toEqual([
    [1, 7, 9],
    [2, 1, 9],
  ]);
});

test("holds a limited number of lines", () => {
  let window = openWindow(page(1, 1, 10));
  window = appendPage(window, page(2, 1, maxLines - 5));
  expect(numbers(window)).toEqual([
    [1, 6, 10],
    [2, 1, maxLines - 5],
  ]);
  window = appendPage(window, page(2, maxLines - 4, 100));
  expect(numbers(window)).toEqual([[2, 96, maxLines + 95]]);
});

test("splits a line at what was searched for", () => {
  expect(splitMatches("Saved checkpoint, CHECKPOINT ok", "checkpoint")).toEqual([
    { text: "Saved ", isMatch: false },
    { text: "checkpoint", isMatch: true },
    { text: ", ", isMatch: false },
    { text: "CHECKPOINT", isMatch: true },
    { text: " ok", isMatch: false },
  ]);
  expect(splitMatches("a", "")).toEqual([{ text: "a", isMatch: false }]);
  expect(splitMatches("", "x")).toEqual([{ text: "", isMatch: false }]);
});

test("a line has an address", () => {
  expect(readLineId(lineId(2, 1200))).toEqual({ attempt: 2, number: 1200 });
  expect(["", "log", "log-2", "log-2-x", "checkpoints"].map(readLineId)).toEqual(Array(5).fill(undefined));
});
