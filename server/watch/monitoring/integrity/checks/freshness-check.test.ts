import { expect, test } from "vitest";
import { checkFreshness } from "./freshness-check.ts";

test("pages if features are stale for half of the requests, leaves fewer to the SLO, and is unknown without data", () => {
  const of = (within: number, limitMs = 60_000) => ({ limitMs, within, seen: 200 });
  expect(checkFreshness([of(90), of(200, 600_000)])).toMatchObject({ state: "broken", severity: "page", share: 0.55 });
  expect(checkFreshness([of(150)])).toMatchObject({ state: "small", severity: null });
  expect(checkFreshness([of(200)])).toMatchObject({ state: "whole" });
  expect(checkFreshness([])).toMatchObject({ state: "unknown" });
  expect(checkFreshness([{ limitMs: 1, within: 0, seen: 49 }])).toMatchObject({ state: "unknown" });
});
