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

describe("describeGate", () => {
  test("describes what was measured, and why the result is stale", () => {
    expect(describeGate(line("failed"))).toBe("80.0%: at least 95.0%");
    expect(describeGate(line("stale"))).toContain("changed since");
    expect(describeGate(line("not-run", { run: null }))).toContain("Not evaluated yet.");
  });

  test("describes why a failed gate was waived", () => {
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
] as [GateStatus[], string, string][])("summarises a checklist of %j as %s: %s", (gateStatuses, state, words) => {
  expect(progressOf(gateStatuses.map((status) => ({ standing: status })))).toEqual({ state, words });
});

describe("bullet scale", () => {
  test("orders limit, value and interval, all inside the scale", () => {
    const bullet = bulletOf({ ...run, evidence: { ...evidence, interval: { low: 0.78, high: 0.82 } } });
    expect(bullet?.allowed).toBe("right");
    const targets = [bullet?.interval?.low, bullet?.value, bullet?.interval?.high, bullet?.limit] as number[];
    expect(targets.toSorted((a, b) => a - b)).toEqual(targets);
    expect(Math.min(...targets)).toBeGreaterThan(0);
    expect(Math.max(...targets)).toBeLessThan(1);
  });

  test("centres value and limit if they are equal", () => {
    expect(bulletOf({ ...run, measured: 0.95 })).toMatchObject({ limit: 0.5, value: 0.5 });
    expect(bulletOf({ ...run, measured: 0, limit: 0 })).toMatchObject({ limit: 0.5, value: 0.5 });
  });

  test("is not drawn without a number", () => {
    expect(bulletOf(null)).toBeUndefined();
    expect(bulletOf({ ...run, measured: null })).toBeUndefined();
    expect(bulletOf({ ...run, evidence: { ...evidence, better: null } })).toBeUndefined();
  });
});

test("formats a proportion as a percentage, other measures as a number, and a dash without data", () => {
  expect(describeMeasure({ run })).toBe("80.0%");
  expect(describeMeasure({ run: { ...run, evidence: { ...evidence, scale: "number" } } })).toBe("0.8");
  expect(describeMeasure({ run: null })).toBe("–");
  expect(describeMeasure(undefined)).toBe("–");
});
