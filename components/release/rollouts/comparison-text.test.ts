import { expect, test } from "vitest";
import type { GuardrailEvidence } from "#server/serve/rollout/evidence/contract.ts";
import { describeComparison, describeP95 } from "./comparison-text.ts";

const bursts: NonNullable<GuardrailEvidence["bursts"]> = {
  unit: "minutes",
  rho: 0.01,
  groupSize: 1,
  minutes: 1439,
  gatewayFactor: 1,
  secondsToFind: 960,
  secondsWithoutBursts: 360,
};
const words = (change: Partial<typeof bursts>, metric: GuardrailEvidence["metric"] = "errors") =>
  describeComparison({ metric, bursts: { ...bursts, ...change } })?.replaceAll("\u00a0", " ");

test("names the unit of the comparison and its cost where bad requests come in bursts", () => {
  expect(words({})).toBe(
    "Compared by minutes: errors of this endpoint come in bursts (ρ 0.01), so finding 4× takes about 16 min instead of 6 min.",
  );
  expect(words({ secondsToFind: null })).toBe("Compared by minutes: errors of this endpoint come in bursts (ρ 0.01).");
  expect(words({ unit: "requests" })).toBeUndefined();
  expect(describeComparison({ metric: "errors" })).toBeUndefined();
});

test("names groups, as of clients that send a request again, and minutes that are not recorded", () => {
  expect(words({ groupSize: 3 })).toMatch(/come in groups of about 3.*no request ID connects them/);
  expect(words({ minutes: 3 })).toMatch(/too few minutes are recorded/);
});

test("names what gateways differ by", () => {
  expect(words({ unit: "requests", gatewayFactor: 1.4 })).toBe(
    "Gateways of this endpoint differ randomly, so up to 1.4× is tolerated.",
  );
});

test("shows the p95 of both versions with the interval of their difference", () => {
  const p95 = { stable: 40, canary: 52, low: 8, high: null };
  expect(describeP95({ p95 })?.replaceAll("\u00a0", " ")).toBe(
    "p95 with queue 40 ms → 52 ms, difference 8 ms to unbounded",
  );
  expect(describeP95({})).toBeUndefined();
});
