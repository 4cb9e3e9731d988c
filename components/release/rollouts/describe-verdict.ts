import { formatCount } from "#components/ui/format.ts";
import type { State } from "#components/ui/status-shape.tsx";
import type { RolloutPhase } from "#server/serve/rollout/contract.ts";
import type { GuardrailEvidence } from "#server/serve/rollout/evidence/contract.ts";
import type { Guardrail } from "#server/serve/rollout/plan/contract.ts";
import { formatEvidence } from "./guardrail-numbers.ts";

interface VerdictText {
  state: State;
  word: string;
  /** Explanation with numbers. */
  detail: string;
}

interface GuardrailStatus {
  phase: RolloutPhase;
  /** In a step before this one. */
  wasProved: boolean;
}

/** Describes the state of a guardrail. After a rollback, an undecided guardrail stays undecided. */
export function describeVerdict(
  { requiresVerdict }: Pick<Guardrail, "requiresVerdict">,
  evidence: GuardrailEvidence,
  { phase, wasProved }: GuardrailStatus,
): VerdictText {
  const { verdict, canary, pairs } = evidence;
  if (verdict === "harmful") return { state: "missed", word: "Worse", detail: regressionDetail(evidence) };
  const proof = `evidence ${formatEvidence(evidence.maxLogESafe)} of ${formatCount(Math.exp(evidence.logSafeThreshold))}`;
  if (verdict === "safe")
    return { state: "on-target", word: "No worse", detail: requiresVerdict ? `proved, ${proof}` : proof };
  const hasEnded = phase === "promoted" || phase === "rolled-back";
  if (requiresVerdict && wasProved && phase !== "stepping")
    return { state: "on-target", word: "No worse", detail: "verified while both versions received traffic" };
  if (Math.max(canary.units, pairs.units) === 0)
    return {
      state: "no-data",
      word: hasEnded ? "No verdict" : "No data",
      detail: hasEnded ? "no data" : "no data yet",
    };
  const regression = `evidence of a regression ${formatEvidence(evidence.maxLogEWorse)} of ${formatCount(Math.exp(evidence.logThreshold))}`;
  if (phase === "rolled-back")
    return { state: "no-data", word: "No verdict", detail: requiresVerdict ? proof : regression };
  if (phase === "promoted") return { state: "finished", word: "No regression found", detail: regression };
  return requiresVerdict
    ? { state: "running", word: "Collecting", detail: proof }
    : { state: "running", word: "No regression so far", detail: regression };
}

function regressionDetail({ floor, maxLogEWorse, logThreshold }: GuardrailEvidence): string {
  if (floor?.canary != null && floor.canary >= floor.logThreshold) return "above the absolute limit";
  return `evidence ${formatEvidence(maxLogEWorse)}, above ${formatCount(Math.exp(logThreshold))}`;
}
