import { expect, test } from "vitest";
import { seededRandom, shuffled } from "../random.ts";
import { type ArmCount, evaluateGuardrail } from "./evaluate-guardrail.ts";
import { floorLogE } from "./floor-gate.ts";
import { boundary, GridGate, safeGrid } from "./grid-gate.ts";
import { rateRatioInterval } from "./rate-ratio.ts";
import { RestartGate } from "./restart-gate.ts";
import { sampleRatioLogE } from "./sample-ratio.ts";

const plan = { margin: 0.2, safeMargin: 1, plannedSteps: 3 };
const both = (step: number, weight: number, canary: [number, number], baseline: [number, number]): ArmCount[] => [
  { step, weight, arm: "canary", units: canary[0], events: canary[1] },
  { step, weight, arm: "baseline", units: baseline[0], events: baseline[1] },
];
const counts = [
  ...both(0, 0.1, [1000, 9], [9000, 70]),
  ...both(1, 0.25, [2500, 30], [7500, 55]),
  ...both(1, 0.2, [200, 1], [800, 9]),
  ...both(2, 0.5, [400, 6], [400, 3]),
];

/** Splits the counts into one row per event, in a random order. */
function singly(rows: readonly ArmCount[], seed: number): ArmCount[] {
  const single = rows.flatMap((row) =>
    Array.from({ length: row.units }, (_, unit) => ({ ...row, units: 1, events: unit < row.events ? 1 : 0 })),
  );
  return shuffled(single.length, seededRandom(seed)).map((index) => single[index] as ArmCount);
}

test("matches the evidence of gates fed event by event in step order", () => {
  const gate = new RestartGate(plan.plannedSteps);
  const safe = new GridGate(safeGrid);
  for (const step of [0, 1, 2]) {
    gate.startStep();
    for (const { weight, arm, events } of counts.filter((row) => row.step === step))
      for (let event = 0; event < events; event += 1) {
        const [canary, baseline] = arm === "canary" ? [1, 0] : [0, 1];
        gate.add(canary, baseline, boundary(weight, plan.margin));
        if (step === 2) safe.add(canary, baseline, boundary(weight, plan.safeMargin));
      }
  }
  const evidence = evaluateGuardrail(counts, 2, plan);
  expect(evidence.logEWorse).toBeCloseTo(gate.logE(), 9);
  expect(evidence.logESafe).toBeCloseTo(safe.logE(), 9);
  expect(evidence).toMatchObject({ unitsCanary: 400, unitsBaseline: 400 });
});

test("is independent of batches and order to 1e-9", () => {
  const whole = evaluateGuardrail(counts, 2, plan);
  for (const seed of [1, 2, 3]) {
    const parts = singly(counts, seed);
    const evidence = evaluateGuardrail(parts, 2, plan);
    expect(evidence.logEWorse).toBeCloseTo(whole.logEWorse, 9);
    expect(evidence.logESafe).toBeCloseTo(whole.logESafe, 9);
    expect(sampleRatioLogE(parts)).toBeCloseTo(sampleRatioLogE(counts), 9);
  }
});

test("tests events against the weight at which they occurred", () => {
  const moved = counts.map((row) => (row.weight === 0.2 ? { ...row, weight: 0.25 } : row));
  expect(evaluateGuardrail(moved, 2, plan).logEWorse).not.toBeCloseTo(evaluateGuardrail(counts, 2, plan).logEWorse, 3);
});

test("restarts the safe evidence in every step, and has none without a safe margin", () => {
  const healthy = both(0, 0.1, [10_000, 3], [90_000, 60]);
  expect(evaluateGuardrail(healthy, 0, { ...plan, safeMargin: 1 }).logESafe).toBeCloseTo(4.250149, 5);
  expect(evaluateGuardrail(healthy, 1, plan).logESafe).toBe(0);
  expect(evaluateGuardrail(healthy, 1, plan)).toMatchObject({ unitsCanary: 0, unitsBaseline: 0 });
  expect(evaluateGuardrail(healthy, 0, { ...plan, safeMargin: undefined }).logESafe).toBe(Number.NEGATIVE_INFINITY);
});

test("returns no evidence at weights of 0 and 1", () => {
  const silent = [...both(0, 0, [0, 0], [1000, 50]), ...both(0, 1, [1000, 90], [0, 0])];
  expect(evaluateGuardrail(silent, 0, plan).logEWorse).toBeCloseTo(0, 12);
  expect(sampleRatioLogE(silent)).toBe(0);
});

test("matches the worked sample ratio numbers: 1,150 of 10,000 at a weight of 10%", () => {
  const split = (canary: number) => sampleRatioLogE(both(0, 0.1, [canary, 0], [10_000 - canary, 0]));
  expect([1000, 1060, 1100, 1150].map((canary) => split(canary).toFixed(6))).toEqual([
    "-2.315900",
    "-0.395091",
    "2.989252",
    "9.492485",
  ]);
});

test("combines the rate ratio over several weights into one narrower interval", () => {
  const rows = [
    { canary: 20, baseline: 40, weight: 0.2 },
    { canary: 40, baseline: 20, weight: 0.5 },
  ] as const;
  const [first, both] = [rateRatioInterval(rows.slice(0, 1), 0.05), rateRatioInterval(rows, 0.05)];
  expect(first.low).toBeCloseTo(0.833, 3);
  expect(first.high).toBeCloseTo(4.445, 3);
  expect(both.low).toBeGreaterThan(first.low);
  expect(both.high).toBeLessThan(first.high);
  expect(rateRatioInterval([{ canary: 0, baseline: 0, weight: 0.1 }], 0.05)).toEqual({
    low: 0,
    high: Number.POSITIVE_INFINITY,
  });
});

test("detects 12 bad of 400 above a floor of 1%", () => {
  expect(floorLogE({ units: 400, events: 12 }, 0.01)).toBeCloseTo(3.548329, 6);
});
