import { DomainError } from "#server/base/errors.ts";
import { findEvaluationMetric, problemOfGatedMetric } from "../evaluation-metrics/contract.ts";
import { type GateSetting, gateTitle } from "./contract.ts";

/**
 * Gives a gate on an evaluation the direction of its metric.
 * @throws DomainError "invalid" for a metric that does not exist, has no better direction, or is better in the other one
 */
export function directGate(gate: GateSetting): GateSetting {
  if (gate.kind !== "evaluation") return gate;
  const problem = problemOfGatedMetric(gate);
  if (problem) throw new DomainError("invalid", `Gate "${gateTitle(gate)}": ${problem}.`);
  return { ...gate, better: findEvaluationMetric(gate.metric)?.better ?? null };
}
