import { metricsForGates } from "#server/develop/registry/evaluation-metrics/contract.ts";
import type { EvaluationGate } from "#server/develop/registry/policy/contract.ts";

/** A frozen set that a gate may be on. */
export interface GateSet {
  name: string;
  digest: string;
  taskKind: string;
  rows: number;
  segments: { id: string; title: string }[];
}

/** Returns the gate on another set: with the headline of its kind of task, if it has not the metric of before, and on all rows. */
export function gateOnSet(gate: EvaluationGate, { name, digest, taskKind }: GateSet): EvaluationGate {
  const offered = metricsForGates(taskKind);
  const isKept = offered.some((id) => id === gate.metric);
  return {
    ...gate,
    set: { name, digest },
    segment: null,
    metric: isKept ? gate.metric : (offered[0] ?? gate.metric),
    bound: isKept ? gate.bound : null,
  };
}

/** Returns a new gate: no worse than the champion by the headline of a set. */
export function newEvaluationGate(set: GateSet): EvaluationGate {
  const empty: EvaluationGate = {
    kind: "evaluation",
    set: { name: "", digest: "" },
    metric: "",
    segment: null,
    better: null,
    bound: null,
    margin: 0,
    decisionBasis: "interval",
    confidence: 0.95,
  };
  return gateOnSet(empty, set);
}
