import { expect, test } from "vitest";
import { seededRandom } from "#server/stats/random.ts";
import { burstRate } from "#server/stats/random-bursts.ts";
import { binomialFrom } from "#server/stats/random-counts.ts";
import { noPairs, sumsOf } from "#server/stats/sequential/dispersion.ts";
import type { BurstRecord, FrozenFacts } from "../../../serve/rollout/contract.ts";
import type { GuardrailEvidence, RolloutCount } from "../../../serve/rollout/evidence/contract.ts";
import { arms, frozenFacts, newPlan, newState } from "../../../testing/fixtures/rollouts/machine/testing.ts";
import { evaluate } from "./evaluate.ts";

const plan = newPlan({ guardrails: [{ metric: "errors" }], watch: { seconds: 0, shadowShare: 0 } });

/** The record of a day of 600 requests a minute with 0.5% errors. */
function recordOf(rho: number, change: Partial<BurstRecord> = {}): BurstRecord {
  const random = seededRandom(2);
  const minutes = Array.from({ length: 1440 }, () => {
    const rate = burstRate(0.005, rho, random);
    return Array.from({ length: 6 }, () => ({ units: 100, events: binomialFrom(100, rate, random) }));
  });
  const sum = (parts: { units: number; events: number }[]) =>
    parts.reduce((total, { units, events }) => ({ units: total.units + units, events: total.events + events }));
  return {
    short: sumsOf(minutes.flat()),
    minutes: sumsOf(minutes.map(sum)),
    fiveMinutes: noPairs,
    gateways: 1,
    gatewayDeviation: 0,
    ...change,
  };
}

const withBursts = (record: BurstRecord | undefined): FrozenFacts => {
  const facts = { ...frozenFacts, record: { errors: { units: 864_000, events: 4320 } } };
  return record ? { ...facts, bursts: { errors: record } } : facts;
};
const errorsOf = (frozen: FrozenFacts, counts: RolloutCount[]) =>
  evaluate({ plan, frozen, state: newState(), counts }).evidence.guardrails[0] as GuardrailEvidence;

/** Four times as many errors of the new version, after six minutes. */
const counts = arms({ canary: [360, 8], stable: [3240, 16] });

test("compares by requests, as before, where the record has no bursts", () => {
  const before = errorsOf(withBursts(undefined), counts);
  const now = errorsOf(withBursts(recordOf(0)), counts);
  expect(before.bursts).toBeUndefined();
  expect(now.bursts).toMatchObject({ unit: "requests", minutes: 1439, gatewayFactor: 1 });
  expect(now.logEWorse as number).toBeGreaterThan(0.8 * (before.logEWorse as number));
  const { secondsToFind, secondsWithoutBursts } = now.bursts ?? {};
  expect(secondsToFind as number).toBeLessThan(1.3 * (secondsWithoutBursts as number));
});

test("compares by minutes where errors come in bursts, and says what that costs", () => {
  const frozen = withBursts(recordOf(0.01));
  const bursty = errorsOf(frozen, counts);
  expect(bursty.bursts?.unit).toBe("minutes");
  expect(bursty.bursts?.rho).toBeGreaterThan(0.007);
  expect(bursty.bursts?.rho).toBeLessThan(0.013);
  expect(bursty.logEWorse as number).toBeLessThan(0.7 * (errorsOf(withBursts(undefined), counts).logEWorse as number));
  const { secondsToFind, secondsWithoutBursts } = bursty.bursts ?? {};
  expect((secondsToFind as number) / (secondsWithoutBursts as number)).toBeGreaterThan(1.5);
  expect(secondsWithoutBursts as number).toBeGreaterThan(300);
  // The interval widens with it.
  expect(bursty.ratio.low as number).toBeLessThan(errorsOf(withBursts(undefined), counts).ratio.low as number);
});

test("tolerates what gateways differ by, and assumes bursts before anything is known", () => {
  const differing = errorsOf(withBursts(recordOf(0, { gateways: 4, gatewayDeviation: 0.2 })), counts);
  expect(differing.bursts?.gatewayFactor).toBeCloseTo(Math.exp(0.4 / Math.SQRT2), 9);
  const none = { short: noPairs, minutes: noPairs, fiveMinutes: noPairs };
  const unknown = errorsOf(withBursts(recordOf(0, none)), counts);
  for (const each of [differing, unknown])
    expect(each.logEWorse as number).toBeLessThan(errorsOf(withBursts(recordOf(0)), counts).logEWorse as number);
});

test("is not widened by a metric whose units come with labels or keys", () => {
  const labelled = newPlan({ guardrails: [{ metric: "label-errors" }], watch: { seconds: 0, shadowShare: 0 } });
  const rows = arms({ canary: [360, 8], stable: [3240, 16] }, { metric: "label-errors" });
  const found = evaluate({ plan: labelled, frozen: withBursts(recordOf(0.01)), state: newState(), counts: rows });
  expect(found.evidence.guardrails[0]?.bursts).toBeUndefined();
});
