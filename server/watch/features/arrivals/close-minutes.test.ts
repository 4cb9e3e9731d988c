import { expect, test } from "vitest";
import { minuteMs } from "#server/base/durations.ts";
import { closeMinutes } from "./close-minutes.ts";

const at = (minute: number) => minute * minuteMs;
const close = (closed: number, open: number, newest: number | null, arrived: [number, number][] = []) => {
  const found = closeMinutes({
    closed: at(closed),
    open: at(open),
    newest,
    arrived: new Map(arrived.map(([minute, event]) => [at(minute), event])),
  });
  return { ...found, minutes: found.minutes.map(({ minute, newest }) => [minute / minuteMs, newest]) };
};

test("states what was known when each minute ended, and repeats it while nothing arrives", () => {
  expect(close(9, 10, 50)).toEqual({ minutes: [], newest: 50 });
  expect(close(9, 11, 50)).toEqual({ minutes: [[10, 50]], newest: 50 });
  const arrived: [number, number][] = [
    [13, 90],
    [11, 70],
    [12, 60],
  ];
  expect(close(9, 13, 50, arrived)).toEqual({
    minutes: [
      [10, 50],
      [11, 70],
      [12, 70],
    ],
    newest: 90,
  });
});

test("counts a row that was committed after its minute in the next one", () => {
  expect(close(10, 12, 50, [[10, 80]])).toEqual({ minutes: [[11, 80]], newest: 80 });
});

test("has no minutes before the first row, and none of what nobody saw", () => {
  expect(close(9, 12, null)).toEqual({ minutes: [], newest: null });
  expect(close(9, 12, null, [[11, 5]])).toEqual({ minutes: [[11, 5]], newest: 5 });
  expect(close(100, 200, 1, [[199, 9]]).minutes).toEqual([
    ...Array.from({ length: 13 }, (_, index) => [186 + index, 1]),
    [199, 9],
  ]);
});
