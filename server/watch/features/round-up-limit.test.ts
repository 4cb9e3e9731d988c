import { expect, test } from "vitest";
import { dayMs, hourMs, minuteMs } from "#server/base/durations.ts";
import { roundUpLimit } from "./round-up-limit.ts";

test.each([
  [0, 1_000],
  [1_001, 2_000],
  [31_000, minuteMs],
  [minuteMs, minuteMs],
  [61_000, 2 * minuteMs],
  [31 * minuteMs, hourMs],
  [13 * hourMs, 18 * hourMs],
  [19 * hourMs, dayMs],
  [dayMs + 1, 2 * dayMs],
])("rounds %i ms up to %i ms", (ms, limit) => expect(roundUpLimit(ms)).toBe(limit));
