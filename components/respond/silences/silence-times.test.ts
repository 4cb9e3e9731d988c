import { expect, test } from "vitest";
import { fieldTime, presetEnd } from "./silence-times.ts";

test("ends a silence until morning at the next 08:00", () => {
  expect(presetEnd("morning", new Date(2026, 4, 4, 3, 7))).toEqual(new Date(2026, 4, 4, 8, 0));
  expect(presetEnd("morning", new Date(2026, 4, 4, 8, 0))).toEqual(new Date(2026, 4, 5, 8, 0));
  expect(presetEnd("4h", new Date(2026, 4, 4, 3, 7))).toEqual(new Date(2026, 4, 4, 7, 7));
});

test("formats a moment for its input field", () => {
  expect(fieldTime(new Date(2026, 4, 4, 3, 7))).toBe("2026-05-04T03:07");
});
