import { expect, test } from "vitest";
import { writeRedone } from "#components/develop/tracking/metrics/write-redone.ts";
import { RedoneSpans } from "#server/develop/tracking/metrics/contract.ts";
import { redoneSpans } from "./redone-spans.ts";

test("finds what later attempts did again, whichever attempt had done it", () => {
  const attempts = [
    { startedAt: new Date(1000), resumedFrom: null, fromStep: null },
    { startedAt: null, resumedFrom: "a", fromStep: 5 },
    { startedAt: new Date(2000), resumedFrom: "a", fromStep: 40 },
    { startedAt: new Date(3000), resumedFrom: null, fromStep: null },
    { startedAt: new Date(4000), resumedFrom: "b", fromStep: null },
  ];
  const spans = redoneSpans(attempts);
  expect(spans).toEqual([
    { from: 0, to: 1999, above: 40 },
    { from: 0, to: 2999, above: -1 },
  ]);
  expect(RedoneSpans.parse(writeRedone(spans))).toEqual(spans);
  expect(RedoneSpans.parse("")).toEqual([]);
  expect(RedoneSpans.safeParse("1_2").success).toBe(false);
});
