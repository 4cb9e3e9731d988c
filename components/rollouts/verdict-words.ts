import { formatCount } from "#components/ui/format.ts";
import type { State } from "#components/ui/status-shape.tsx";
import type { GuardrailEvidence } from "#server/rollouts/evidence/contract.ts";
import type { Guardrail } from "#server/rollouts/plan/contract.ts";
import type { Forecast } from "./forecast.ts";
import { evidenceWords } from "./guardrail-numbers.ts";

interface VerdictWords {
  state: State;
  word: string;
  /** Why, with numbers. */
  detail: string;
}

/** What is known of a guardrail. After the end what was not decided stays undecided. */
export function verdictWords(
  { mustProve }: Pick<Guardrail, "mustProve">,
  evidence: GuardrailEvidence,
  { active }: { active: boolean; forecast?: Forecast | undefined },
): VerdictWords {
  const { verdict, canary, pairs } = evidence;
  if (verdict === "harmful") return { state: "missed", word: "Worse", detail: harmDetail(evidence) };
  const proof = `evidence ${evidenceWords(evidence.maxLogESafe)} of ${formatCount(Math.exp(evidence.logSafeThreshold))}`;
  if (verdict === "safe")
    return { state: "on-target", word: "No worse", detail: mustProve ? `proved, ${proof}` : proof };
  const units = Math.max(canary.units, pairs.units);
  const harm = `evidence of harm ${evidenceWords(evidence.maxLogEWorse)} of ${formatCount(Math.exp(evidence.logThreshold))}`;
  const detail = units === 0 ? "nothing counted yet" : mustProve ? proof : harm;
  if (!active) return { state: "no-data", word: "No verdict", detail: units === 0 ? "nothing was counted" : detail };
  if (units === 0) return { state: "no-data", word: "No data", detail };
  return { state: "running", word: "Collecting", detail };
}

function harmDetail({ floor, maxLogEWorse, logThreshold }: GuardrailEvidence): string {
  if (floor?.canary != null && floor.canary >= floor.logThreshold) return "beyond the share that is never allowed";
  return `evidence ${evidenceWords(maxLogEWorse)}, above ${formatCount(Math.exp(logThreshold))}`;
}
