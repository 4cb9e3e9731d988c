import { expect, test } from "vitest";
import type { z } from "zod";
import { oneSidedMeanSequences } from "#server/stats/sequential/mean-difference.ts";
import { meanIncreaseLogE } from "#server/stats/sequential/mean-increase.ts";
import type { GuardrailEvidence, RolloutCount } from "../../../serve/rollout/evidence/contract.ts";
import type { RolloutPlan } from "../../../serve/rollout/plan/contract.ts";
import { arms, frozenFacts, newPlan, newState } from "../../../testing/fixtures/rollouts/machine/testing.ts";
import { evaluate } from "./evaluate.ts";
import { withWatchMarks } from "./watch-starts.ts";

type PlanInput = Partial<z.input<typeof RolloutPlan>>;

const steps = [{ weight: 0.1 }, { weight: 0.25 }, { weight: 0.5 }];
const planOf = (guardrails: PlanInput["guardrails"] & object, overrides: PlanInput = {}) =>
  newPlan({ steps, guardrails, watch: { seconds: 0, shadowShare: 0 }, ...overrides });

function evidenceOf(plan: RolloutPlan, counts: RolloutCount[], state = newState(), frozen = frozenFacts) {
  return evaluate({ plan, frozen, state, counts }).evidence;
}
const only = (plan: RolloutPlan, counts: RolloutCount[], ...more: [ReturnType<typeof newState>?]) =>
  evidenceOf(plan, counts, ...more).guardrails[0] as GuardrailEvidence;

const at = (step: number, weight: number, canary: [number, number], stable: [number, number]) =>
  arms({ canary, stable }, { step, weight });

test("requires a negligible rate for a safe verdict where nothing fails", () => {
  const counts = at(0, 0.1, [2000, 0], [18_000, 0]);
  expect(only(planOf([{ metric: "errors", requiresVerdict: true }]), counts)).toMatchObject({ verdict: "collecting" });
  const plan = planOf([{ metric: "errors", requiresVerdict: true, negligible: 0.005 }]);
  expect(only(plan, counts)).toMatchObject({ verdict: "safe" });
  expect(only(plan, at(0, 0.1, [300, 0], [2700, 0]))).toMatchObject({ verdict: "collecting" });
  // A verdict in one step does not carry over to the next one.
  const later = newState({ step: 1, weight: 0.25 });
  expect(only(plan, [...counts, ...at(1, 0.25, [50, 0], [150, 0])], later)).toMatchObject({ verdict: "collecting" });
  // Twice as bad as the other and beyond what is fine.
  expect(only(plan, at(0, 0.1, [2000, 60], [18_000, 270])).verdict).not.toBe("safe");
});

test("crosses the threshold of the small reference rollout in the second step, and keeps the maximum later", () => {
  // docs/spec/sequential-analysis.md section 3.4 counts a single gate; a plan of one step is one.
  const single = newPlan({
    steps: [{ weight: 0.1 }],
    guardrails: [{ metric: "errors" }],
    watch: { seconds: 0, shadowShare: 0 },
  });
  expect(only(single, at(0, 0.1, [300, 3], [2700, 5])).logEWorse).toBeCloseTo(1.33154, 5);
  const plan = planOf([{ metric: "errors" }]);
  const first = at(0, 0.1, [300, 3], [2700, 5]);
  const second = at(1, 0.25, [300, 6], [900, 5]);
  const both = only(plan, [...first, ...second], newState({ step: 1, weight: 0.25 }));
  expect(both.logEWorse).toBeGreaterThan(2.5);
  expect(both).toMatchObject({ canary: { units: 600, events: 9 }, stepUnits: { canary: 300, stable: 900 } });
  const state = newState({ step: 1, weight: 0.25, maxima: { ...newState().maxima, worse: { errors: 3.4 } } });
  expect(only(plan, [...first, ...second], state)).toMatchObject({ maxLogEWorse: 3.4, verdict: "harmful" });
});

test("computes the safe verdict for the current step, and an interval around the estimated ratio", () => {
  const plan = planOf([{ metric: "errors" }]);
  const counts = [...at(0, 0.1, [1000, 3], [9000, 60]), ...at(1, 0.25, [300, 0], [900, 3])];
  const first = only(plan, counts.slice(0, 2));
  expect(first.maxLogESafe).toBeCloseTo(4.250149, 5);
  expect(first).toMatchObject({ verdict: "safe" });
  const later = only(plan, counts, newState({ step: 1, weight: 0.25 }));
  expect(later.verdict).toBe("collecting");
  // 3 / (1000 · 60/9000 + 300 · 3/900): bad units of the canary to those expected at the stable rate of each step.
  expect(later.ratio.estimate).toBeCloseTo(3 / (1000 * (60 / 9000) + 300 * (3 / 900)), 9);
  const { estimate, low, high } = first.ratio;
  expect(estimate).toBeCloseTo(3 / 1000 / (60 / 9000), 9);
  expect(low as number).toBeLessThan(estimate as number);
  expect(high as number).toBeGreaterThan(estimate as number);
  expect(only(plan, at(0, 0.1, [1000, 0], [9000, 70])).ratio).toMatchObject({ estimate: 0, low: null });
});

test("shares alpha between guardrails, and combines their evidence as the mean weighted by shares", () => {
  const plan = planOf([{ metric: "errors" }, { metric: "slow" }]);
  const errors = at(0, 0.1, [300, 3], [2700, 5]);
  const { guardrails, combinedLogE, logThreshold } = evidenceOf(plan, errors);
  const [one, two] = guardrails.map(({ logEWorse }) => Math.exp(logEWorse ?? 0));
  expect(Math.exp(combinedLogE)).toBeCloseTo(((one ?? 0) + (two ?? 0)) / 2, 9);
  expect(two).toBe(1);
  expect(Math.exp(logThreshold)).toBeCloseTo(20, 9);
  expect(Math.exp(guardrails[0]?.logThreshold ?? 0)).toBeCloseTo(40, 9);
});

test("treats fewer conversions as a regression, with the ratio of the new version to the stable one", () => {
  const plan = planOf([{ metric: "conversions", event: "bought" }]);
  const rows = (canary: [number, number], stable: [number, number]) =>
    arms({ canary, stable }, { metric: "conversions" });
  const fewer = only(plan, rows([1000, 20], [9000, 900]));
  expect(fewer.verdict).toBe("harmful");
  expect(fewer.ratio.estimate).toBeCloseTo(0.2, 9);
  expect(fewer.ratio.high as number).toBeLessThan(1);
  expect(only(plan, rows([1000, 200], [9000, 900]))).toMatchObject({ verdict: "safe" });
});

test("compares disagreement with the tolerated rate, and can show a regression but not safety", () => {
  const plan = planOf([{ metric: "disagreement", floor: 0.05 }]);
  const pairs = (units: number, events: number): RolloutCount[] => [
    {
      metric: "disagreement",
      bin: 0,
      step: 0,
      arm: "pair",
      weight: 0.1,
      misses: 0,
      sum: 0,
      sumSquares: 0,
      units,
      events,
    },
  ];
  expect(only(plan, pairs(500, 80))).toMatchObject({ verdict: "harmful", maxLogESafe: null, floor: null });
  expect(only(plan, pairs(500, 20)).verdict).toBe("collecting");
});

test("detects an output shift in its bin, averaged over all bins", () => {
  const plan = planOf([{ metric: "output-shift" }]);
  const bin = (number: number, canary: number, stable: number): RolloutCount[] =>
    arms({ canary: [canary, canary], stable: [stable, stable] }, { metric: "output-shift" }).map((row) => ({
      ...row,
      bin: number,
    }));
  const frozen = { ...frozenFacts, outputBins: [1, 2, 3] };
  const of = (counts: RolloutCount[]) => evidenceOf(plan, counts, newState(), frozen).guardrails[0];
  expect(of([...bin(0, 100, 900), ...bin(1, 100, 900)])?.logEWorse).toBeLessThan(0);
  expect(of([...bin(0, 40, 900), ...bin(1, 160, 900)])).toMatchObject({ verdict: "harmful", maxLogESafe: null });
  const one = of(bin(1, 30, 90));
  const alone = evidenceOf(plan, bin(0, 30, 90)).guardrails[0];
  expect(Math.exp(one?.logEWorse ?? 0)).toBeCloseTo((Math.exp(alone?.logEWorse ?? 0) + 3) / 4, 6);
});

test("evaluates cost with its own share of alpha, outside the mean", () => {
  const plan = planOf([{ metric: "errors" }, { metric: "cost", margin: 0.1 }]);
  const costs = (mean: number, units: number) => ({
    units,
    events: 0,
    sum: mean * units,
    sumSquares: (mean ** 2 + 0.25) * units,
  });
  const row = (arm: "canary" | "stable", mean: number, units: number): RolloutCount => ({
    metric: "cost",
    bin: 0,
    step: 0,
    arm,
    weight: 0.1,
    misses: 0,
    ...costs(mean, units),
  });
  const of = (mean: number, units: number) =>
    evidenceOf(plan, [row("canary", mean, units), row("stable", 1, 9 * units)]);
  const { guardrails, combinedLogE } = of(1.3, 2000);
  expect(guardrails[1]).toMatchObject({ verdict: "harmful", canary: { mean: 1.3 }, stable: { mean: 1 } });
  expect(guardrails[1]?.ratio.estimate).toBeCloseTo(0.3, 9);
  expect(combinedLogE).toBeCloseTo(Math.log(0.5), 9);
  expect(of(1.05, 20_000).guardrails[1]).toMatchObject({ verdict: "collecting", logEWorse: 0 });
  expect(of(9, 50).guardrails[1]).toMatchObject({ logEWorse: 0, ratio: { estimate: 8, low: null } });
});

test("reaches the threshold for a mean exactly where its one-sided sequence leaves the tolerated range", () => {
  const tuning = { alpha: 0.01, tightestAt: 5000 };
  for (const count of [300, 6461, 80_000]) {
    const { low } = oneSidedMeanSequences({ value: 0, standardError: 0.3, count }, tuning);
    const edge = { value: -low, standardError: 0.3, count };
    expect(meanIncreaseLogE(edge, tuning)).toBeCloseTo(Math.log(100), 9);
  }
  expect(meanIncreaseLogE({ value: -1, standardError: 0.3, count: 500 }, tuning)).toBe(0);
  expect(meanIncreaseLogE({ value: 1e4, standardError: 0.3, count: 500 }, tuning)).toBeLessThan(
    Number.POSITIVE_INFINITY,
  );
});

test("evaluates a floor per arm with its share of alpha, and the stable record as the floor while monitoring", () => {
  const plan = planOf([{ metric: "errors", floor: 0.01 }]);
  const { floor } = only(plan, at(0, 0.1, [400, 12], [3600, 4]));
  expect(floor?.canary).toBeCloseTo(3.548329, 5);
  expect(floor?.logThreshold).toBeCloseTo(Math.log(200), 9);
  expect(floor?.stable as number).toBeLessThan(0.1);
  const watching = newState({ phase: "watching", step: 3, weight: 1 });
  const watched = (events: number) => only(planOf([{ metric: "errors" }]), at(3, 1, [5000, events], [0, 0]), watching);
  expect(watched(20).verdict).toBe("collecting");
  expect(watched(100)).toMatchObject({ verdict: "harmful", floor: { stable: null } });
});

test("detects a regression after a healthy day of monitoring as soon as at its start", () => {
  const plan = planOf([{ metric: "errors" }], { watch: { seconds: 26 * 3600, shadowShare: 0 } });
  const healthy = at(3, 1, [864_000, 3456], [0, 0]);
  const watching = newState({ phase: "watching", step: 3, weight: 1 });
  const now = (hours: number) => watching.stepStartedAt + hours * 3_600_000;
  const state = withWatchMarks({ plan, state: watching, counts: healthy, now: now(24) });
  expect(state.watchMarks).toHaveLength(24);
  expect(withWatchMarks({ plan, state, counts: healthy, now: now(24.9) })).toBe(state);
  const harmful = at(3, 1, [864_000 + 900, 3456 + 36], [0, 0]);
  expect(only(plan, healthy, state).verdict).toBe("collecting");
  expect(only(plan, harmful, state)).toMatchObject({ verdict: "harmful", canary: { units: 864_900 } });
  expect(only(plan, harmful, watching).verdict).toBe("collecting");
  const pairs = (events: number, misses: number): RolloutCount => {
    return { ...harmful[0], arm: "pair", units: 40_000, events, misses } as RolloutCount;
  };
  const evenly = withWatchMarks({ plan, state: watching, counts: [pairs(400, 400)], now: now(24) });
  expect(only(plan, [pairs(430, 402)], evenly).verdict).toBe("harmful");
  expect(only(plan, [pairs(430, 402)], watching).verdict).toBe("safe");
});

test("detects a sample ratio mismatch over all steps, without pairs and monitoring", () => {
  const plan = planOf([{ metric: "errors" }]);
  expect(evidenceOf(plan, at(0, 0.1, [1000, 0], [9000, 0])).srm.logE).toBeCloseTo(-2.3159, 5);
  const { srm } = evidenceOf(plan, [...at(0, 0.1, [1150, 0], [8850, 0]), ...at(3, 1, [5000, 0], [0, 0])]);
  expect(srm).toMatchObject({ canary: 1150, stable: 8850 });
  expect(srm.logE).toBeCloseTo(9.492485, 5);
  expect(srm.logE).toBeGreaterThan(srm.logThreshold);
});
