import { expect, test } from "vitest";
import type { GatedChange } from "./contract.ts";
import { decideGate, type GatingSlo } from "./decide-gate.ts";

const slo = (remaining: number | null, more: Partial<GatingSlo> = {}): GatingSlo => {
  return {
    id: "0b1f6c1e-0000-4000-8000-000000000001",
    name: "digits-availability",
    remaining,
    approval: undefined,
    ...more,
  };
};
const rollout = (purpose: GatedChange["purpose"] = "change"): GatedChange => ({ kind: "rollout", purpose });
const deployment = (purpose: GatedChange["purpose"] = "change"): GatedChange => ({ kind: "deployment", purpose });

// The table of docs/spec/slo.md section 7.
test.each<[number | null, GatedChange, boolean]>([
  [0.9, deployment(), true],
  [0.6, deployment(), true],
  [0.5, rollout(), true],
  [0.5, deployment(), false],
  [0.5, deployment("fix"), true],
  [0.25, rollout(), false],
  [0.25, rollout("reliability"), true],
  [0.01, rollout("security"), true],
  [0, rollout(), false],
  [0, rollout("reliability"), false],
  [-0.12, rollout("fix"), true],
  [-3, deployment("rollback"), true],
  [null, deployment(), true],
])("decides with %s left, %o: %s", (remaining, change, allow) => {
  expect(decideGate([slo(remaining)], change).allow).toBe(allow);
});

test("allows any change with an approval, and returns its author and expiry", () => {
  const until = new Date("2026-05-09T12:00:00Z");
  const decision = decideGate([slo(-0.12, { approval: { until, approvedBy: "Mona" } })], deployment());
  expect(decision).toMatchObject({ allow: true, band: "exhausted", until, approvedBy: "Mona" });
  expect(decision.reason).toBe(
    'The error budget of "digits-availability" is exhausted (12% over). Mona approved changes for now.',
  );
});

test("decides by the strictest SLO instead of the lowest budget, and returns all of them", () => {
  const approval = { until: new Date(), approvedBy: "Mona" };
  const decision = decideGate([slo(0.9), slo(-0.5, { approval }), slo(0.2, { name: "digits-latency" })], rollout());
  expect(decision).toMatchObject({ allow: false, band: "unhealthy", remaining: 0.2 });
  expect(decision.slos.map(({ allow, remaining }) => [allow, remaining])).toEqual([
    [false, 0.2],
    [true, -0.5],
    [true, 0.9],
  ]);
});

test("allows a rollout with little budget left, with advice to start small", () => {
  expect(decideGate([slo(0.4)], rollout())).toMatchObject({
    allow: true,
    advice: expect.stringContaining("small step"),
  });
  expect(decideGate([slo(0.8)], rollout()).advice).toBeNull();
});

test("allows changes without an SLO", () => {
  expect(decideGate([], deployment())).toMatchObject({ allow: true, band: "no-data", sloId: null, slos: [] });
});
