import { expect, test } from "vitest";
import { madeCounts, madeDefinition, madeMinute, madeStart } from "../../../testing/fixtures/slo/engine/made-slo.ts";
import { budgetCourse } from "./budget-course.ts";
import { bandOf, formatBurnRate, formatSpan } from "./contract.ts";
import { describeSlo } from "./describe-slo.ts";
import { periodAt } from "./periods.ts";
import { readBudget } from "./read-budget.ts";
import { readTiers } from "./read-tiers.ts";
import { ruleWarnings } from "./rule-warnings.ts";
import { standardRules } from "./standard-rules.ts";

const day = 1440;
const exampleA = {
  counts: madeCounts(30 * day, 100, (minute) => (minute >= 30 * day - 10 ? 100 : 0)),
  definition: madeDefinition(),
  now: madeMinute(30 * day),
  adjustments: [],
};

test("follows the time zone of calendar windows through clock changes", () => {
  const berlin = { kind: "calendar", unit: "month", timeZone: "Europe/Berlin" } as const;
  expect(periodAt(berlin, Date.UTC(2026, 2, 31, 21, 59))).toEqual({
    start: Date.UTC(2026, 1, 28, 23),
    end: Date.UTC(2026, 2, 31, 22),
  });
  expect(periodAt(berlin, Date.UTC(2026, 2, 31, 22)).start).toBe(Date.UTC(2026, 2, 31, 22));
  expect(periodAt({ ...berlin, unit: "quarter", timeZone: "UTC" }, Date.UTC(2026, 7, 5))).toEqual({
    start: Date.UTC(2026, 6, 1),
    end: Date.UTC(2026, 9, 1),
  });
  expect(periodAt({ ...berlin, unit: "week", timeZone: "UTC" }, Date.UTC(2026, 10, 26)).start).toBe(
    Date.UTC(2026, 10, 23),
  );
  expect(() => periodAt({ ...berlin, timeZone: "Mars/Base" }, 0)).toThrow('Unknown time zone "Mars/Base"');
});

test("uses the budget of the full calendar month, with an even pace", () => {
  const definition = madeDefinition({ period: { kind: "calendar", unit: "month", timeZone: "UTC" } });
  const slo = {
    ...exampleA,
    definition,
    counts: madeCounts(day, 100, (minute) => (minute < 10 ? 100 : 0)),
    now: madeMinute(day),
  };
  const budget = readBudget(slo);
  expect(budget.remaining).toBeCloseTo(0.76852, 5);
  expect(budget.evenPace).toBeCloseTo(29 / 30, 12);
  expect(budget).toMatchObject({ allowed: 3320, periodStart: madeStart, periodEnd: Date.UTC(2026, 4, 1) });
});

test("starts and ends bands at the limits of the policy", () => {
  expect([0.751, 0.75, 0.5, 0.25, 0.001, 0, -1, null].map(bandOf)).toEqual([
    "healthy",
    "observe",
    "attention",
    "unhealthy",
    "unhealthy",
    "exhausted",
    "exhausted",
    "no-data",
  ]);
});

test("rounds numbers consistently", () => {
  expect([2, 16.667, 99.94, 99.96, 1000, 0.04, 0].map(formatBurnRate)).toEqual([
    "2.0",
    "16.7",
    "99.9",
    "100",
    "1,000",
    "less than 0.1",
    "0",
  ]);
  expect(
    [0, 52_000, 3_594_000, 3_600_000 * 33.2, 86_399_000].map((each) => formatSpan(each).replaceAll("\u00a0", " ")),
  ).toEqual(["0 s", "52 s", "59 min 54 s", "1 d 9 h", "1 d"]);
});

test("warns about a rule that can never fire", () => {
  const rules = madeDefinition().rules;
  expect(ruleWarnings(madeDefinition())).toEqual([]);
  expect(
    ruleWarnings(
      madeDefinition({ target: 0.8, rules: { ...rules, tiers: rules.tiers.filter(({ factor }) => factor !== 6) } }),
    ),
  ).toEqual([
    "At a target of 80%, even a total outage burns at most 5 times the budget; the fast rule was capped from 14.4 to 4.5.",
  ]);
  expect(ruleWarnings(madeDefinition({ target: 0.8 }))[0]).toContain("2 rules were capped from 14.4 and 6 to 4.5.");
  expect(ruleWarnings(madeDefinition(), { perHour: 10 })[0]).toContain(
    "At about 10 per hour, one failure is not significant",
  );
});

test("uses tickets for estimates and cost, and pages for absent traffic only for availability", () => {
  const period = { kind: "rolling", days: 30 } as const;
  expect(standardRules(period, "cost")).toMatchObject({
    absent: null,
    tiers: [{ severity: "ticket" }, { severity: "ticket" }, {}, {}],
  });
  expect(standardRules(period, "availability")).toMatchObject({
    gate: 1e-3,
    cap: 0.9,
    absent: { severity: "page" },
    tiers: [{ severity: "page" }, {}, {}, {}],
  });
  expect(standardRules(period, "latency").absent?.severity).toBe("ticket");
});

test("ends the budget curve with the current remaining budget", () => {
  const course = budgetCourse(exampleA, 60);
  expect(course).toHaveLength(60);
  expect(course.at(-1)?.at).toBe(exampleA.now);
  expect(course.at(-1)?.remaining).toBe(readBudget(exampleA).remaining);
  expect(course[0]?.remaining).toBe(1);
});

test("describes the actual time range, a freeze only for SLOs that freeze changes, and never rounds up to 100%", () => {
  const period = { kind: "rolling", days: 90 } as const;
  const definition = madeDefinition({ period });
  const slo = {
    ...exampleA,
    definition,
    counts: madeCounts(day, 1, (minute) => (minute === 0 ? 1 : 0)),
    now: madeMinute(day),
  };
  const words = (of: typeof slo) => describeSlo({ ...of, budget: readBudget(of), tiers: readTiers(of) }).join(" ");
  expect(words(slo)).toContain("No failures in the last 3\u00a0h.");
  expect(words(slo)).toContain("99.9% good, between 99.6 and more than 99.9% (1,440 requests).");
  const bad = { ...slo, counts: madeCounts(day, 1, () => 1) };
  expect(words(bad)).toContain("Deployments are frozen");
  const indicator = { kind: "drift-budget", endpointId: crypto.randomUUID() } as const;
  expect(words({ ...bad, definition: madeDefinition({ period, indicator }) })).not.toContain("frozen");
});

test("describes a tier with an empty short window as not burning instead of not significant", () => {
  const counts = madeCounts(60, 0, () => 0);
  counts.total[10] = 10;
  counts.good[10] = 9;
  const slo = { ...exampleA, counts, now: madeMinute(60) };
  const tiers = readTiers(slo);
  expect(tiers[0]).toMatchObject({ short: null, passesGate: false, isFiring: false });
  expect(describeSlo({ ...slo, budget: readBudget(slo), tiers: tiers.slice(0, 1) }).join(" ")).not.toContain(
    "not significant",
  );
});
