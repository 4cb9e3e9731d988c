import { describe, expect, test } from "vitest";
import { seededRandom } from "#server/stats/random.ts";
import { binomialFrom } from "#server/stats/random-counts.ts";
import type { GuardrailEvidence, GuardrailFact, RolloutCount } from "../../../serve/rollout/evidence/contract.ts";
import type { RolloutPlan } from "../../../serve/rollout/plan/contract.ts";
import { arms, decideAt, frozenFacts, newPlan, newState } from "../../../testing/fixtures/rollouts/machine/testing.ts";
import { evaluate } from "./evaluate.ts";

const steps = [{ weight: 0.1 }, { weight: 0.5 }];
const planOf = (guardrails: NonNullable<Parameters<typeof newPlan>[0]>["guardrails"] & object) =>
  newPlan({ steps, guardrails, watch: { seconds: 3600, shadowShare: 0.05 } });
const evidenceOf = (plan: RolloutPlan, counts: RolloutCount[], state = newState()) =>
  evaluate({ plan, frozen: frozenFacts, state, counts }).evidence.guardrails[0] as GuardrailEvidence;
const factOf = (...from: Parameters<typeof evidenceOf>) => evidenceOf(...from).fact as GuardrailFact;
const errors = planOf([{ metric: "errors", requiresVerdict: true }]);
const spoken = (words: string) => words.replaceAll("\u00a0", " ");

describe("a fact", () => {
  test("has its estimate from the shares that it shows", () => {
    const { stable, canary, estimate, limit, words, verdict } = factOf(
      errors,
      arms({ canary: [1000, 60], stable: [9000, 45] }),
    );
    expect({ verdict, stable, canary, estimate, limit }).toEqual({
      verdict: "regression",
      stable: { units: 9000, events: 45, value: 0.005 },
      canary: { units: 1000, events: 60, value: 0.06 },
      estimate: 12,
      limit: 1,
    });
    expect(words).toBe("errors rose 12×, from 0.5% to 6%");
  });

  test("is not misled by steps with other weights and other rates", () => {
    // The rate rose from 1% to 3% for both, when the canary had got half of the traffic.
    const counts = [
      ...arms({ canary: [1000, 10], stable: [9000, 90] }),
      ...arms({ canary: [5000, 150], stable: [5000, 150] }, { step: 1, weight: 0.5 }),
    ];
    const fact = factOf(errors, counts, newState({ step: 1, weight: 0.5 }));
    expect(160 / 6000 / (240 / 14_000)).toBeGreaterThan(1.5);
    expect(fact.estimate).toBeCloseTo(1, 9);
    expect(fact.stable.value).toBeCloseTo(fact.canary.value as number, 9);
    expect(fact.verdict).not.toBe("regression");
  });

  test("shows a late regression in the steps that show it", () => {
    const counts = [
      ...arms({ canary: [10_000, 50], stable: [90_000, 450] }),
      ...arms({ canary: [1000, 30], stable: [1000, 5] }, { step: 1, weight: 0.5 }),
    ];
    const fact = factOf(errors, counts, newState({ step: 1, weight: 0.5 }));
    expect(fact).toMatchObject({ verdict: "regression", fromStep: 1, canary: { units: 1000, events: 30 } });
    expect(fact.words).toBe("errors rose 6×, from 0.5% to 3%");
  });

  test("names verdicts in order of what is shown", () => {
    const verdict = (canary: [number, number], stable: [number, number]) =>
      factOf(errors, arms({ canary, stable })).verdict;
    expect(verdict([0, 0], [9000, 45])).toBe("no-data");
    expect(verdict([100, 0], [900, 4])).toBe("inconclusive");
    expect(verdict([10_000, 50], [90_000, 450])).toBe("no-worse");
    expect(verdict([1000, 60], [9000, 45])).toBe("regression");
    const tolerant = planOf([{ metric: "errors", margin: 1, requiresVerdict: true }]);
    expect(factOf(tolerant, arms({ canary: [40_000, 320], stable: [360_000, 1800] })).verdict).toBe("close");
  });

  test("compares an absolute limit with the share, and monitoring with the record of its hours", () => {
    const floor = planOf([{ metric: "errors", margin: 10, floor: 0.02 }]);
    const broken = factOf(floor, arms({ canary: [2000, 100], stable: [18_000, 200] }));
    expect(broken).toMatchObject({ verdict: "regression", scale: "share", estimate: 0.05, limit: 0.02 });
    expect(broken.words).toBe("errors exceed the absolute limit: 5% of 2,000, limit 2%");
    const watching = newState({ phase: "watching", step: 2, weight: 1 });
    const watched = factOf(errors, arms({ canary: [5000, 100], stable: [0, 0] }, { step: 2, weight: 1 }), watching);
    expect(watched).toMatchObject({ verdict: "regression", basis: "record", estimate: 0.02 });
    expect(watched.limit).toBeGreaterThan(0.004);
    expect(watched.limit).toBeLessThan(0.005);
  });

  test("holds a value against the limit that its verdict is about, with an interval that agrees", () => {
    const held = (canary: [number, number], stable: [number, number], plan = errors) => {
      const { verdict, scale, estimate, low, high, limit } = factOf(plan, arms({ canary, stable }));
      return {
        verdict,
        scale,
        limit,
        reaches: (low ?? 0) <= (limit ?? 0) && (high ?? Infinity) >= (limit ?? 0),
        estimate,
      };
    };
    expect(held([100, 0], [900, 4])).toMatchObject({ verdict: "inconclusive", limit: 2, reaches: true });
    expect(held([10_000, 50], [90_000, 450])).toMatchObject({ verdict: "no-worse", limit: 2, scale: "ratio" });
    expect(held([1000, 60], [9000, 45])).toMatchObject({ verdict: "regression", limit: 1, reaches: false });
    // Almost nothing fails: the ratio decides nothing, the share does.
    const negligible = planOf([{ metric: "errors", requiresVerdict: true, negligible: 0.01 }]);
    expect(held([10_000, 4], [90_000, 18], negligible)).toMatchObject({
      verdict: "no-worse",
      scale: "share",
      limit: 0.01,
    });
    const cost = planOf([{ metric: "cost", margin: 0.1 }]);
    const rows = arms({ canary: [20_000, 0], stable: [180_000, 0] }, { metric: "cost" }).map((row) => ({
      ...row,
      sum: row.units,
      sumSquares: row.units * 1.01,
    }));
    expect(factOf(cost, rows)).toMatchObject({ verdict: "no-worse", limit: 1.1 });
  });

  test("describes distributions by what would have to move, and disagreement by its share", () => {
    const shift = planOf([{ metric: "output-shift" }]);
    const bin = (number: number, canary: number, stable: number) =>
      arms({ canary: [canary, canary], stable: [stable, stable] }, { metric: "output-shift" }).map((row) => ({
        ...row,
        bin: number,
      }));
    const fact = factOf(shift, [...bin(0, 40, 900), ...bin(1, 160, 900)]);
    expect(fact).toMatchObject({ verdict: "regression", stable: { units: 1800 }, canary: { units: 200 } });
    expect(spoken(fact.words)).toBe("the prediction distribution changed by 30 points");
    const pairs = { ...(bin(0, 0, 0)[0] as RolloutCount), metric: "disagreement" as const, arm: "pair" as const };
    const differing = factOf(planOf([{ metric: "disagreement", floor: 0.05 }]), [{ ...pairs, units: 500, events: 80 }]);
    expect(differing.words).toBe("predictions differ on 16% of 500 shadowed requests, limit 5%");
    const agreeing = factOf(planOf([{ metric: "disagreement", floor: 0.05 }]), [{ ...pairs, units: 5000, events: 50 }]);
    expect(agreeing.verdict).toBe("no-worse");
  });
});

test("never has a verdict that its numbers contradict, whatever is counted", () => {
  const random = seededRandom(17);
  const plans = [
    planOf([{ metric: "errors", requiresVerdict: true }]),
    planOf([{ metric: "slow", margin: 0.2, safeMargin: 0.5, requiresVerdict: true, floor: 0.2 }]),
    planOf([{ metric: "conversions", event: "bought", requiresVerdict: true }]),
  ];
  const seen = new Map<string, number>();
  for (let run = 0; run < 600; run += 1) {
    const plan = plans[run % plans.length] as RolloutPlan;
    const { metric, safeMargin } = plan.guardrails[0] as RolloutPlan["guardrails"][number];
    const counts = [0, 1].slice(0, 1 + (run % 2)).flatMap((step) => {
      const weight = steps[step]?.weight as number;
      const units = Math.round(10 ** (1 + 3.5 * random()));
      const rate = 0.3 * random() ** 3;
      const canary = binomialFrom(units, weight, random);
      const draw = (of: number, times: number) => binomialFrom(of, Math.min(1, rate * times), random);
      const times = random() < 0.5 ? 1 : 4 ** (2 * random() - 1);
      return arms(
        { canary: [canary, draw(canary, times)], stable: [units - canary, draw(units - canary, 1)] },
        { metric, step, weight },
      );
    });
    const step = run % 2;
    const fact = factOf(plan, counts, newState({ step, weight: steps[step]?.weight as number }));
    const { verdict, estimate, low, high, limit, scale, canary, stable } = fact;
    seen.set(verdict, (seen.get(verdict) ?? 0) + 1);
    if (estimate !== null && scale === "ratio")
      expect(estimate).toBeCloseTo((canary.value as number) / (stable.value as number), 9);
    if (estimate !== null && low !== null) expect(low).toBeLessThanOrEqual(estimate * (1 + 1e-9));
    if (estimate !== null && high !== null) expect(high).toBeGreaterThanOrEqual(estimate * (1 - 1e-9));
    const excess = estimate === null ? null : metric === "conversions" ? 1 / estimate : estimate;
    if (verdict === "regression" && excess !== null && scale === "ratio") expect(excess).toBeGreaterThan(1);
    if (verdict === "regression" && scale === "share") expect(estimate).toBeGreaterThan(limit as number);
    if (verdict === "regression" || verdict === "no-data" || estimate === null || limit === null) continue;
    // What is decided lies on the allowed side of the limit with its interval; what is not, reaches it.
    const isGood = metric === "conversions";
    if (scale === "ratio") expect(limit).toBe(isGood ? 1 / (1 + safeMargin) : 1 + safeMargin);
    if (verdict === "inconclusive" || isGood) expect(high ?? Infinity).toBeGreaterThanOrEqual(limit);
    else expect(high).toBeLessThanOrEqual(limit);
    if (verdict === "inconclusive" || !isGood) expect(low ?? 0).toBeLessThanOrEqual(limit);
    else expect(low).toBeGreaterThanOrEqual(limit);
  }
  expect([...seen.keys()].sort()).toEqual(expect.arrayContaining(["inconclusive", "no-worse", "regression"]));
});

test("is the one text of the decision", () => {
  const counts = arms({ canary: [1000, 60], stable: [9000, 45] });
  const { decisions } = decideAt({ plan: errors, counts });
  expect(decisions.at(-1)?.words).toContain(factOf(errors, counts).words);
});
