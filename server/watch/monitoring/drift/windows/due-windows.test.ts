import { expect, test } from "vitest";
import { dueWindows, windowStart } from "./due-windows.ts";

const at = (text: string) => Date.parse(`2026-05-13T${text}Z`);
const starts = (windows: readonly number[]) => windows.map((start) => new Date(start).toISOString().slice(11, 16));

test("makes a window due after its end plus a reporting delay, shorter for five minutes than for an hour", () => {
  const looked = { evaluatedUntil: null, firstAt: at("10:02:00") };
  const five = (now: string) => starts(dueWindows({ ...looked, length: "five-minutes", now: at(now) }));
  expect(five("10:06:00")).toEqual([]);
  expect(five("10:06:15")).toEqual(["10:00"]);
  expect(five("10:16:15")).toEqual(["10:00", "10:05", "10:10"]);
  const hour = (now: string) => starts(dueWindows({ ...looked, length: "hour", now: at(now) }));
  expect(hour("11:02:59")).toEqual([]);
  expect(hour("11:03:00")).toEqual(["10:00"]);
});

test("continues where evaluation stopped, up to the maximum useful age", () => {
  const until = at("10:10:00");
  expect(
    starts(dueWindows({ length: "five-minutes", evaluatedUntil: until, firstAt: 0, now: at("10:21:30") })),
  ).toEqual(["10:10", "10:15"]);
  expect(dueWindows({ length: "five-minutes", evaluatedUntil: 0, firstAt: 0, now: at("10:06:15") })).toHaveLength(288);
});

test("starts weeks on Mondays", () => {
  expect(new Date(windowStart("week", at("10:00:00"))).toISOString()).toBe("2026-05-11T00:00:00.000Z");
});
