import { describe, expect, test } from "vitest";
import type { GateEvidence, GateLine, GateStatus } from "#server/develop/registry/gates/contract.ts";
import { bulletOf, describeGate, describeMeasure, progressOf } from "./describe-gate.ts";

const at = new Date(0);
const evidence: GateEvidence = { better: "higher", scale: "proportion", interval: null, method: null, facts: [] };
const run = {
  id: 1,
  gate: "metric:accuracy",
  verdict: "failed" as const,
  words: "80.0%: at least 95.0%",
  measured: 0.8,
  limit: 0.95,
  evidence,
  baselineVersion: 1,
  actorName: "Leeway",
  at,
  settings: { kind: "signature" as const },
};
const line = (status: GateStatus, more: Partial<GateLine> = {}) => ({ standing: status, run, waiver: null, ...more });

describe("a gate in words", () => {
  test("says what was measured, and why that is not enough any more", () => {
    expect(describeGate(line("failed"))).toBe("80.0%: at least 95.0%");
    expect(describeGate(line("stale"))).toContain("changed since");
    expect(describeGate(line("not-run", { run: null }))).toContain("Not evaluated yet.");
  });

  test("says why it was accepted although it failed", () => {
    const waiver = { gate: "metric:accuracy", reason: "only for the pilot", until: at, actorName: "Ada", at };
    expect(describeGate(line("waived", { waiver }))).toBe("80.0%: at least 95.0%; accepted: only for the pilot");
  });
});

test.each([
  [["passed", "passed"], "on-target", "2 of 2 passed"],
  [["passed", "waived"], "watch", "2 of 2 passed"],
  [["failed", "pending", "waived"], "missed", "1 of 3 passed"],
  [["passed", "pending"], "no-data", "1 of 2 passed"],
  [["not-run", "not-run"], "not-started", "not run"],
  [["passed", "stale"], "not-started", "1 of 2 passed"],
] as [GateStatus[], string, string][])("a checklist of %j is %s: %s", (gateStatuses, state, words) => {
  expect(progressOf(gateStatuses.map((status) => ({ standing: status })))).toEqual({ state, words });
});

describe("a bullet scale", () => {
  test("has limit, value and interval in their order, all inside", () => {
    const bullet = bulletOf({ ...run, evidence: { ...evidence, interval: { low: 0.78, high: 0.82 } } });
    expect(bullet?.allowed).toBe("right");
    const targets = [bullet?.interval?.low, bullet?.value, bullet?.interval?.high, bullet?.limit] as number[];
    expect(targets.toSorted((a, b) => a - b)).toEqual(targets);
    expect(Math.min(...targets)).toBeGreaterThan(0);
    expect(Math.max(...targets)).toBeLessThan(1);
  });

  test("stands in the middle when value and limit are one", () => {
    expect(bulletOf({ ...run, measured: 0.95 })).toMatchObject({ limit: 0.5, value: 0.5 });
    expect(bulletOf({ ...run, measured: 0, limit: 0 })).toMatchObject({ limit: 0.5, value: 0.5 });
  });

  test("is not drawn for what is no number", () => {
    expect(bulletOf(null)).toBeUndefined();
    expect(bulletOf({ ...run, measured: null })).toBeUndefined();
    expect(bulletOf({ ...run, evidence: { ...evidence, better: null } })).toBeUndefined();
  });
});

test("a measure is a percentage for a share, a number else, and no value while nothing is known", () => {
  expect(describeMeasure({ run })).toBe("80.0%");
  expect(describeMeasure({ run: { ...run, evidence: { ...evidence, scale: "number" } } })).toBe("0.8");
  expect(describeMeasure({ run: null })).toBe("–");
  expect(describeMeasure(undefined)).toBe("–");
});
