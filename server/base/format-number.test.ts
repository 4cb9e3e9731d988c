import { expect, test } from "vitest";
import { formatCount, formatDuration, formatSignificant, mebibytes, percent } from "./format-number.ts";

test("formats thousands and significant digits without trailing zeros, and never rounds up a limit", () => {
  expect([formatCount(999), formatCount(1_234_567)]).toEqual(["999", "1,234,567"]);
  expect([formatSignificant(0.123456, 4), formatSignificant(2.5, 4), formatSignificant(123_456, 3)]).toEqual([
    "0.1235",
    "2.5",
    "123000",
  ]);
  expect([mebibytes(5 * 2 ** 30), mebibytes(2 ** 21 - 1)]).toEqual(["5,120\u00a0MiB", "1\u00a0MiB"]);
});

test("formats shares and durations with at most three digits and two units, without line breaks", () => {
  expect([percent(0.0041), percent(0.25), percent(1)]).toEqual(["0.41%", "25%", "100%"]);
  const times = [2_400, 60_000, 48 * 60_000, 448 * 60_000, 74 * 3_600_000, 7_200_000];
  const words = times.map((time) => formatDuration(time).replaceAll("\u00a0", " "));
  expect(words).toEqual(["2.4 s", "60 s", "48 min", "7 h 28 min", "3 d 2 h", "2 h"]);
});
