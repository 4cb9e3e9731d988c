import { describe, expect, test } from "vitest";
import { gateSettings, type MetricGate } from "../../develop/registry/policy/contract.ts";
import type { Sample } from "./estimate-metric.ts";
import { evaluateMetricGate } from "./evaluate-metric-gate.ts";

const gate = (more: Partial<MetricGate>): MetricGate =>
  gateSettings.metric.parse({ kind: "metric", metric: "accuracy", scale: "proportion", ...more });
const of = (value: number, rows: number | null = null, seeds: number[] = []): Sample => ({ value, rows, seeds });

describe("absolute bound", () => {
  test.each([
    [0.99, 5000, "passed"],
    [0.96, 5000, "failed"],
    [0.975, 200, "pending"],
    [0.975, null, "passed"],
    [0.96, null, "failed"],
  ] as const)("of 0.97 evaluates %d of %s rows as %s", (value, rows, verdict) => {
    const result = evaluateMetricGate(gate({ bound: 0.97 }), of(value, rows), null);
    expect(result).toMatchObject({ verdict, measured: value, limit: 0.97 });
    expect(result.evidence.interval === null).toBe(rows === null);
  });

  test("decides by the point estimate if the policy says so, and still shows the interval", () => {
    const result = evaluateMetricGate(gate({ bound: 0.97, judge: "point" }), of(0.975, 200), null);
    expect(result.verdict).toBe("passed");
    expect(result.evidence.interval).not.toBeNull();
  });

  test("is an upper bound when lower is better", () => {
    const loss = gate({ metric: "loss", scale: "number", better: "lower", bound: 0.3 });
    expect(evaluateMetricGate(loss, of(0.2), null)).toMatchObject({ verdict: "passed", words: "0.2: at most 0.3" });
    expect(evaluateMetricGate(loss, of(0.4), null).verdict).toBe("failed");
  });
});

describe("margin to the champion", () => {
  test.each([
    [0.99, 0.99, 500, 0.02, "passed"],
    [0.99, 0.99, 500, 0.01, "pending"],
    [0.872, 0.99, 500, 0.02, "failed"],
  ] as const)("evaluates %d against %d of %d rows, margin %d, as %s", (own, other, rows, margin, verdict) => {
    const result = evaluateMetricGate(gate({ margin }), of(own, rows), of(other, rows));
    expect(result.verdict).toBe(verdict);
    expect(result.limit).toBeCloseTo(other - margin, 12);
    expect(result.evidence.method).toContain("Newcombe");
  });

  test("reports that there is no interval when the number of rows is unknown", () => {
    const result = evaluateMetricGate(gate({ margin: 0.02 }), of(0.98), of(0.99));
    expect(result).toMatchObject({ verdict: "passed", evidence: { interval: null, method: null } });
    expect(result.words).toBe("98.0%: −1.0 pp against the champion, at most 2.0 pp worse");
    expect(result.evidence.facts.at(-1)?.value).toContain("unknown");
  });

  test("passes without a champion, and is inconclusive when the champion lacks the metric", () => {
    expect(evaluateMetricGate(gate({ margin: 0 }), of(0.5, 10), null).verdict).toBe("passed");
    const unknown = evaluateMetricGate(gate({ margin: 0 }), of(0.5, 10), undefined);
    expect(unknown).toMatchObject({ verdict: "pending", words: expect.stringContaining("has no accuracy") });
  });

  test("is allowed upwards when lower is better", () => {
    const loss = gate({ metric: "loss", scale: "number", better: "lower", margin: 0.05 });
    expect(evaluateMetricGate(loss, of(0.34), of(0.3)).verdict).toBe("passed");
    expect(evaluateMetricGate(loss, of(0.36), of(0.3))).toMatchObject({ verdict: "failed", limit: 0.35 });
  });

  test("compares means over seeds by Welch's interval", () => {
    const seeds = gate({ metric: "score", scale: "number", margin: 0.5, seeds: "child-runs" });
    const other = of(0, null, [10, 10.1, 9.9]);
    const near = evaluateMetricGate(seeds, of(0, null, [10.1, 10, 10.2]), other);
    expect(near).toMatchObject({ verdict: "passed", evidence: { method: expect.stringContaining("Welch") } });
    expect(near.measured).toBeCloseTo(10.1, 12);
    expect(evaluateMetricGate(seeds, of(0, null, [9, 9.1, 8.9]), other).verdict).toBe("failed");
    expect(evaluateMetricGate(seeds, of(0, null, [8, 12, 10]), other).verdict).toBe("pending");
  });
});

test("requires both a bound and a margin, and returns the stricter one as the limit", () => {
  const both = gate({ bound: 0.95, margin: 0.02 });
  expect(evaluateMetricGate(both, of(0.99, 5000), of(0.985, 5000))).toMatchObject({ verdict: "passed", limit: 0.965 });
  expect(evaluateMetricGate(both, of(0.9, 5000), of(0.9, 5000))).toMatchObject({ verdict: "failed", limit: 0.95 });
});
