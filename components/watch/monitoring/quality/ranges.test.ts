import { expect, test } from "vitest";
import { qualityRangeOf, usualRange, widenedRange } from "./ranges.ts";

const month = usualRange();

test("widens a range with too few labels to the usual one, with the same end", () => {
  const hour = qualityRangeOf({ range: "1h" });
  const day = qualityRangeOf({ from: "2026-05-20T00:00:00Z", to: "2026-05-21T00:00:00Z" });
  if (!hour || !day) throw new Error("Both are ranges.");
  expect(widenedRange(hour, 9, month)).toEqual(month);
  expect(widenedRange(day, 9, month)?.fixed).toEqual({ from: Date.UTC(2026, 3, 21), to: Date.UTC(2026, 4, 21) });
});

test("keeps a range with enough labels, and one that is as long as the usual one", () => {
  const hour = qualityRangeOf({ range: "1h" });
  if (!hour) throw new Error("It is a range.");
  expect(widenedRange(hour, 30, month)).toBeUndefined();
  expect(widenedRange(month, 0, month)).toBeUndefined();
  expect(widenedRange(hour, 0, usualRange(["five-minutes"]))).toBeUndefined();
});
