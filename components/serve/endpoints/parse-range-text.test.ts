import { expect, test } from "vitest";
import { parseRangeText } from "./parse-range-text.ts";

const now = new Date(2026, 4, 21, 14, 20).getTime();
const at = (day: number, hour: number, minute = 0) => new Date(2026, 4, day, hour, minute).getTime();

test.each([
  ["since 02:38", at(21, 2, 38), now],
  ["Since 9", at(21, 9), now],
  ["since 15:00", at(20, 15), now],
  ["since yesterday", at(20, 0), now],
  ["since 13 May", at(13, 0), now],
  ["since 13 May 9:30", at(13, 9, 30), now],
  ["today", at(21, 0), now],
  ["yesterday", at(20, 0), at(21, 0)],
  ["yesterday 9 to 12", at(20, 9), at(20, 12)],
  ["9:30–11", at(21, 9, 30), at(21, 11)],
  ["20 to 23", at(20, 20), at(20, 23)],
  ["12 to 18", at(21, 12), now],
  ["13 May", at(13, 0), at(14, 0)],
  ["13 may, 9 to 12", at(13, 9), at(13, 12)],
  ["24 December", new Date(2025, 11, 24).getTime(), new Date(2025, 11, 25).getTime()],
])("reads %s", (text, from, to) => {
  expect(parseRangeText(text, now)).toEqual({ from, to });
});

test.each([
  "",
  "since",
  "soon",
  "since soon",
  "9",
  "9 to",
  "12 to 9",
  "25 to 26",
  "9:70 to 11",
  "31 Feb",
  "since 9 10",
  "yesterday 9 12",
])("refuses %j", (text) => {
  expect(parseRangeText(text, now)).toBeUndefined();
});
