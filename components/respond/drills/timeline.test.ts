import { expect, test } from "vitest";
import type { Moment } from "#server/respond/drills/contract.ts";
import { bandsOf, layoutTimeline } from "./timeline.ts";

const latency = { kind: "latency", delayMs: 120, jitterMs: 20 } as const;
const plan = { fault: latency, scope: "requests", share: 0.1, minutes: 15 } as const;

test("raises the share in steps, as far as the game day came", () => {
  expect(bandsOf(plan, 900)).toEqual([
    { from: 0, to: 60, share: 0.025 },
    { from: 60, to: 120, share: 0.05 },
    { from: 120, to: 900, share: 0.1 },
  ]);
  expect(bandsOf(plan, 90).map(({ to }) => to)).toEqual([60, 90]);
  expect(bandsOf({ ...plan, scope: "header" }, 90)).toEqual([{ from: 0, to: 90, share: null }]);
  expect(bandsOf(plan, 0)).toEqual([]);
});

test("places moments in their order, on lines where their labels do not touch", () => {
  const moment = (what: Moment["what"], seconds: number | null): Moment => ({ what, seconds, words: "", href: null });
  const { moments, pending, end, ticks } = layoutTimeline(
    [moment("notified", 609), moment("rule-fired", 594), moment("injected", 0), moment("acknowledged", null)],
    15,
    680,
  );
  expect(moments.map(({ what, line }) => [what, line])).toEqual([
    ["injected", 0],
    ["rule-fired", 0],
    ["notified", 1],
  ]);
  expect(pending.map(({ what }) => what)).toEqual(["acknowledged"]);
  expect(end).toBeCloseTo(954);
  expect(ticks).toEqual([0, 300, 600, 900]);
});
