import { expect, test } from "vitest";
import { evaluationMetrics, metricsForGates } from "#server/develop/registry/evaluation-metrics/contract.ts";
import { gateSettings } from "#server/develop/registry/policy/contract.ts";
import { EvaluationTask } from "#server/release/evaluation/contract.ts";
import { type GateSet, gateOnSet, newEvaluationGate } from "./evaluation-gate-draft.ts";

const setOf = (taskKind: string, digest: string): GateSet => ({
  name: taskKind,
  digest: digest.repeat(64),
  taskKind,
  rows: 100,
  segments: [],
});

test("adds a gate that a policy accepts: no worse than the champion by the headline of the set", () => {
  const gate = newEvaluationGate(setOf("transcription", "a"));
  expect(gate).toMatchObject({ metric: "wordErrorRate", margin: 0, bound: null, segment: null });
  expect(gateSettings.evaluation.parse(gate)).toEqual(gate);
});

test("keeps the metric on a set of the same kind, and takes the headline of another kind", () => {
  const gate = { ...newEvaluationGate(setOf("classification", "a")), metric: "macroF1", bound: 0.8, segment: "x=1" };
  expect(gateOnSet(gate, setOf("classification", "b"))).toMatchObject({ metric: "macroF1", bound: 0.8, segment: null });
  expect(gateOnSet(gate, setOf("boxes", "b"))).toMatchObject({
    metric: "regionF1",
    bound: null,
    set: { name: "boxes" },
  });
});

test("offers metrics with a direction for every kind of task", () => {
  for (const { shape } of EvaluationTask.options) {
    const offered = metricsForGates(shape.kind.value);
    expect(offered.length, shape.kind.value).toBeGreaterThan(2);
    for (const id of offered) expect(evaluationMetrics[id].better, id).not.toBeNull();
  }
});
