import { expect, test } from "vitest";
import { maxPreviewBytes } from "./artifact-preview.ts";
import { completeLines, readAt, windowOf, windowsAround } from "./text-window.ts";

const size = maxPreviewBytes * 3;

test("shows a log from its end, other files from the start, and any range that the URL requests", () => {
  expect(windowOf("train.log", size, undefined)).toEqual({ start: size - maxPreviewBytes, end: size });
  expect(windowOf("notes.txt", size, undefined)).toEqual({ start: 0, end: maxPreviewBytes });
  expect(windowOf("train.log", 10, undefined)).toEqual({ start: 0, end: 10 });
  expect(windowOf("train.log", size, 100).start).toBe(100);
  expect(windowOf("train.log", size, size * 2).end).toBe(size);
  expect([readAt("12"), readAt("-1"), readAt("1e9"), readAt(undefined)]).toEqual([12, undefined, undefined, undefined]);
});

test("covers every byte from window to window, with lines shared between neighbours", () => {
  let window = windowOf("notes.txt", size, undefined);
  let steps = 0;
  for (let next = windowsAround(window, size).later; next !== undefined; next = windowsAround(window, size).later) {
    expect(next).toBeLessThan(window.end);
    window = windowOf("notes.txt", size, next);
    steps += 1;
  }
  expect([window.end, steps]).toEqual([size, 3]);
  expect(windowsAround(window, size)).toMatchObject({ first: 0, later: undefined, last: undefined });
  expect(windowsAround({ start: 0, end: 10 }, 10)).toEqual({});
});

test("leaves lines cut by a window to its neighbours", () => {
  expect(completeLines("cut\na\nb\ncu", { start: 5, end: 14 }, 20)).toBe("a\nb\n");
  expect(completeLines("a\nb", { start: 0, end: 3 }, 3)).toBe("a\nb");
  expect(completeLines("one long line", { start: 5, end: 18 }, 20)).toBe("one long line");
});
