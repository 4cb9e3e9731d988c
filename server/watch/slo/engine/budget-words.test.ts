import { expect, test } from "vitest";
import { madeCounts, madeDefinition, madeMinute } from "#server/testing/fixtures/slo/engine/made-slo.ts";
import { decideGate } from "../budget-gate/decide-gate.ts";
import { burnWord, describeSpent, describeUntestable, formatBudget, formatSpent } from "./contract.ts";
import { describeSlo } from "./describe-slo.ts";
import { readBudget } from "./read-budget.ts";
import { readTiers } from "./read-tiers.ts";
import { ruleWarnings } from "./rule-warnings.ts";
import { standardRules } from "./standard-rules.ts";

const over = ">\u00a010× budget, 125 bad events";

test("formats a budget as a share, and from ten budgets on by its bad events", () => {
  expect(formatBudget({ remaining: 0.3239 })).toBe("32.4% left");
  expect(formatBudget({ remaining: 0 })).toBe("0% left");
  expect(formatBudget({ remaining: -0.18, bad: 59 })).toBe("18% over");
  expect(formatBudget({ remaining: -9, bad: 125 })).toBe("900% over");
  expect(formatBudget({ remaining: -9.01, bad: 125 })).toBe(over);
  expect(formatBudget({ remaining: -121.993, bad: 125 })).toBe(over);
  expect(formatBudget({ remaining: -121.993 })).toBe(">\u00a010× budget");
  expect(formatBudget({ remaining: -2000, bad: 1 })).toBe(">\u00a010× budget, 1 bad event");
});

test("formats what was spent as a share, and from ten budgets on as such", () => {
  expect([0, 0.0004, 0.3239, 9.5, 38.29].map(formatSpent)).toEqual(["0%", "<0.1%", "32.4%", "950%", ">\u00a010×"]);
  expect(describeSpent(0.3239)).toBe("32.4% of the error budget");
  expect(describeSpent(38.29)).toBe("more than 10 times the error budget");
});

test("keeps the text of an overspent budget while good traffic arrives, in the sentences of the SLO and of the gate", () => {
  // A new endpoint with 125 failures in its first minutes, then only good requests.
  const at = (minutes: number) => ({
    counts: madeCounts(minutes, 100, (minute) => (minute < 5 ? 25 : 0)),
    definition: madeDefinition(),
    now: madeMinute(minutes),
    adjustments: [],
  });
  for (const minutes of [5, 20, 60, 120]) {
    const budget = readBudget(at(minutes));
    expect(budget.remaining).toBeLessThan(-9);
    expect(describeSlo({ ...at(minutes), budget, tiers: [] })[0]).toContain(`The error budget is exhausted (${over}).`);
    const gating = { id: "1", name: "churn", remaining: budget.remaining, bad: budget.bad, approval: undefined };
    expect(decideGate([gating], { kind: "rollout", purpose: "change" }).reason).toContain(over);
  }
});

test("calls a burn fast only while a page rule of ten times or more fires", () => {
  const [fast, slow, ticket] = standardRules({ kind: "rolling", days: 30 }, "availability").tiers.map((tier) => ({
    tier,
    isFiring: true,
  })) as [FiringTier, FiringTier, FiringTier];
  expect(burnWord([fast, slow, ticket])).toBe("Burning fast");
  expect(burnWord([{ ...fast, isFiring: false }, slow, ticket])).toBe("Burning");
  expect(burnWord([{ ...fast, tier: { ...fast.tier, factor: 1.2 } }])).toBe("Burning");
  expect(burnWord([{ ...fast, tier: { ...fast.tier, severity: "ticket" } }])).toBe("Burning");
});

type FiringTier = Parameters<typeof burnWord>[0][number];

test("says that silence cannot be detected where traffic is too thin, and how long it would take", () => {
  const absent = { isAbsent: false, minutes: 10, usual: null };
  expect(describeUntestable({ ...absent, untestable: { reason: "thin", hours: 41.2 } })).toBe(
    "Silence cannot be detected: about 42\u00a0h without data would be needed at this traffic, and at most 24\u00a0h are evaluated.",
  );
  expect(describeUntestable({ ...absent, untestable: { reason: "new", hours: null } })).toContain(
    "cannot be detected yet",
  );
  expect(describeUntestable({ ...absent, untestable: { reason: "irregular", hours: null } })).toContain(
    "too irregularly",
  );
  for (const testable of [null, absent, { ...absent, untestable: null }]) expect(describeUntestable(testable)).toBe("");
  const warnings = (perHour: number) => ruleWarnings(madeDefinition(), { perHour }).join(" ");
  expect(warnings(0.3)).toContain("about 47\u00a0h without data");
  expect(warnings(1)).not.toContain("Silence");
});

test("names clusters where the gate suppresses failures because of them", () => {
  // Three failures at once every other day, and again now: 3 of 100 in the last hour.
  const minutes = 30 * 1440;
  const counts = madeCounts(minutes, 2, () => 0);
  for (let at = minutes - 5; at > 0; at -= 2 * 1440) counts.good[at] = (counts.good[at] as number) - 2;
  const slo = { counts, definition: madeDefinition(), now: madeMinute(minutes), adjustments: [] };
  const tiers = readTiers(slo);
  expect(tiers[0]?.dispersion).toBeGreaterThan(1.8);
  expect(tiers[0]).toMatchObject({ bad: 2, passesGate: false, isFiring: false });
  expect(describeSlo({ ...slo, budget: readBudget(slo), tiers }).join(" ")).toContain(
    "Usually about 2 failures occur together.",
  );
});
