import { expect, test } from "vitest";
import {
  appendPage,
  elementId,
  elementIdOf,
  followOn,
  hasLater,
  isHeld,
  lineId,
  matchCount,
  maxLines,
  nextMatch,
  openWindow,
  prependPage,
  readLineId,
  readOn,
  readThrough,
  splitMatches,
} from "./log-window.ts";

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

test("holds a limited number of lines that are read back, and reads on where they end", () => {
  const window = prependPage(openWindow(page(2, 1, maxLines - 5)), page(1, 1, 10));
  expect(numbers(window)).toEqual([
    [1, 1, 10],
    [2, 1, maxLines - 10],
  ]);
  expect(window[1]?.next).toBe((maxLines - 10) * 10);
  expect(hasLater(window, [1, 2])).toBe(true);
  const back = prependPage(openWindow(page(2, 1, 3)), page(1, 1, maxLines));
  expect(numbers(back)).toEqual([[1, 1, maxLines]]);
  expect(hasLater(back, [1, 2])).toBe(true);
});

test("holds a limited number of characters", () => {
  const long = (from: number) => {
    const { lines, ...rest } = page(1, from, 200);
    return { ...rest, lines: lines.map((line) => ({ ...line, text: "x".repeat(2 ** 15) })) };
  };
  expect(numbers(appendPage(openWindow(long(1)), long(201)))).toEqual([[1, 145, 400]]);
  expect(numbers(prependPage(openWindow(long(201)), long(1)))).toEqual([[1, 1, 256]]);
});

/** Answers as the server does for logs of lines of ten bytes, whose pages have at most a number of lines, however many were asked for. */
function logs(lines: Record<number, number>, pageLines: number) {
  return async ({ attempt = 0, from, line, limit = 0 }: Record<string, number>) => {
    const total = lines[attempt] ?? 0;
    const first = from === undefined ? (line ?? Math.max(1, total + 1 - limit)) : from / 10 + 1;
    const count = Math.max(0, Math.min(limit, pageLines, total + 1 - first));
    return page(attempt, first, count, { bytes: total * 10, totalLines: total, isComplete: true });
  };
}

test("follows to the end of each attempt, however little one page has", async () => {
  const read = logs({ 1: 25, 2: 13 }, 4);
  const window = await followOn(read, openWindow(page(1, 1, 3)), { attempts: [1, 2], limit: 5_000 });
  expect(numbers(window)).toEqual([
    [1, 1, 25],
    [2, 1, 13],
  ]);
  expect(hasLater(window, [1, 2])).toBe(false);
  expect(numbers(await followOn(read, openWindow(page(1, 1, 3)), { attempts: [], limit: 5_000 }))).toEqual([
    [1, 1, 25],
  ]);
});

test("reads the last lines to the end, and earlier ones up to those that are held", async () => {
  const read = logs({ 1: 25 }, 4);
  expect(numbers(openWindow(await readThrough(read, { attempt: 1, limit: 10 })))).toEqual([[1, 16, 25]]);
  const { lines } = await readThrough(read, { attempt: 1, line: 3, limit: 9 }, 100);
  expect([lines[0]?.number, lines.at(-1)?.number]).toEqual([3, 10]);
});

test("reads on a page at a time, into the next attempt", async () => {
  const read = logs({ 1: 7, 3: 2 }, 4);
  const following = { attempts: [1, 3], limit: 5 };
  let window = openWindow(await read({ attempt: 1, from: 0, limit: 5 }));
  expect(hasLater(window, [1, 3])).toBe(true);
  window = await readOn(read, window, following);
  expect(numbers(window)).toEqual([[1, 1, 7]]);
  expect([hasLater(window, [1, 3]), hasLater(window, [])]).toEqual([true, false]);
  window = await readOn(read, window, following);
  expect(numbers(window).at(-1)).toEqual([3, 1, 2]);
  expect(hasLater(window, [1, 3])).toBe(false);
  expect(await readOn(read, window, following)).toEqual(window);
});

test("a line that is still being written is not one that is to be read", async () => {
  const open = page(1, 1, 3, { next: 20, bytes: 25 });
  expect(hasLater(openWindow(open), [1])).toBe(false);
  const read = async () => open;
  expect(numbers(await followOn(read, openWindow(open), { attempts: [1], limit: 10 }))).toEqual([[1, 1, 3]]);
});

test("parts of a very long line have one address and an id each", () => {
  const { lines, ...rest } = page(1, 1, 6);
  const long = lines.map((line, at) => ({
    ...line,
    number: at < 2 ? line.number : Math.max(3, line.number - 2),
    dropped: at === 3 ? 10 : 0,
  }));
  const ids = long.map((_, at) => elementId(1, long, at));
  expect(ids.toSpliced(3, 1)).toEqual(["log-1-1", "log-1-2", "log-1-3", "log-1-3-40", "log-1-4"]);
  const window = openWindow({ ...rest, lines: long });
  expect(elementIdOf(window, { attempt: 1, number: 3 })).toBe("log-1-3");
  expect(elementIdOf(window, { attempt: 1, number: 3, start: 40 })).toBe("log-1-3-40");
  expect([isHeld(window, { attempt: 1, number: 3, start: 40 }), isHeld(window, { attempt: 1, number: 9 })]).toEqual([
    true,
    false,
  ]);
});

test("counts matches, and says where a part was not searched", () => {
  expect([matchCount(0, 0, false), matchCount(0, 0, true)]).toEqual(["none", "none so far"]);
  expect([matchCount(1, 3, false), matchCount(0, 1_000, true)]).toEqual(["2 of 3", "1 of 1,000+"]);
  expect(nextMatch(2, 1, { count: 3, isCut: false })).toBe(0);
  expect(nextMatch(0, -1, { count: 3, isCut: true })).toBe(2);
  expect(nextMatch(2, 1, { count: 3, isCut: true })).toBeUndefined();
  expect(nextMatch(0, 1, { count: 0, isCut: true })).toBeUndefined();
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
