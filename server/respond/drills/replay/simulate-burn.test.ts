import { expect, test } from "vitest";
import { hourMs, minuteMs } from "#server/base/durations.ts";
import { SloDefinition } from "#server/watch/objectives/contract.ts";
import { standardRules } from "#server/watch/slo/engine/standard-rules.ts";
import { type SimulatedFault, simulateBurn } from "./simulate-burn.ts";

const period = { kind: "rolling" as const, days: 30 };
const rules = standardRules(period, "availability");
const definition = SloDefinition.parse({
  service: "postcode-digits",
  target: 0.999,
  period,
  indicator: { kind: "availability", endpointId: "00000000-0000-4000-8000-000000000000" },
  rules,
});

/** A fault after 30 days of 1,000 requests a minute without errors, unless `bad` of them fail. */
function simulate({
  bad = 0,
  perMinute = 1000,
  ...more
}: Partial<SimulatedFault> & { bad?: number; perMinute?: number }) {
  const total = new Float64Array(30 * 1440).fill(perMinute);
  const history = { start: 720 * hourMs, good: total.map((count) => count - bad), total };
  const usual = { total: perMinute, bad };
  const fault = { definition, adjustments: [], history, usual, minutes: 10, share: 0.05, badShare: 1 };
  return simulateBurn({ ...fault, ...more });
}

test("never pages at 14.4 times over 5 minutes and 1 hour for 5% of errors in 10 minutes", () => {
  const { pageAfterSeconds, points, pagesAbove, budgetUse } = simulate({ share: 0.05, minutes: 10 });
  expect(pageAfterSeconds).toBeNull();
  expect(pagesAbove).toBe(14.4);
  expect(points).toHaveLength(71);
  // The short window is far above its factor, but the long one reaches 7.3 only.
  expect(Math.max(...points.map(({ long }) => long))).toBeCloseTo(7.3, 1);
  expect(Math.max(...points.map(({ short }) => short))).toBeCloseTo(50, 6);
  // 437.5 of 43,200 that the 30 days allow.
  expect(budgetUse).toBeCloseTo(437.5 / 43_200, 4);
});

test("pages after 9 min 53 s for 10% in 15 minutes, of which the first two rise", () => {
  const { pageAfterSeconds, points, budgetUse } = simulate({ share: 0.1, minutes: 15 });
  expect(pageAfterSeconds).toBeCloseTo(593, 0);
  expect(points.at(15)?.long).toBeCloseTo(23, 0);
  expect(points.at(-1)?.short).toBe(0);
  expect(budgetUse).toBeCloseTo(1375 / 43_200, 4);
});

test("counts on what burns already, on the part that becomes bad, and on the gate of quiet endpoints", () => {
  const burning = simulate({ share: 0.1, minutes: 15, bad: 5 });
  expect(burning.pageAfterSeconds).toBeLessThan(500);
  expect(simulate({ share: 0.1, minutes: 15, badShare: 0 })).toMatchObject({ pageAfterSeconds: null, budgetUse: 0 });
  // One request in ten minutes: its failure may be chance.
  expect(simulate({ share: 0.1, minutes: 15, perMinute: 0.1 }).pageAfterSeconds).toBeNull();
});

test("returns no page of an SLO without pages, and none that fires before the fault", () => {
  const tickets = {
    ...definition,
    rules: { ...rules, tiers: rules.tiers.filter(({ severity }) => severity !== "page") },
  };
  expect(simulate({ definition: tickets })).toMatchObject({ pageAfterSeconds: null, points: [], pagesAbove: 0 });
  expect(simulate({ bad: 30, share: 0.1 }).pageAfterSeconds).toBeNull();
});

test("starts at the end of the history", () => {
  const { points } = simulate({ share: 0.04 });
  expect(points[0]).toEqual({ seconds: 0, short: 0, long: 0 });
  expect(points[1]?.short).toBeCloseTo(2, 6);
  expect(points[1]?.seconds).toBe(minuteMs / 1000);
});
