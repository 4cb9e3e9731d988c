import type { State } from "#components/ui/status-shape.tsx";
import type { RolloutPhase } from "#server/serve/rollout/contract.ts";
import type { GuardrailEvidence, GuardrailVerdict } from "#server/serve/rollout/evidence/contract.ts";

interface VerdictText {
  state: State;
  word: string;
  /** The fact that decides, with its numbers. */
  detail: string;
}

interface GuardrailStatus {
  phase: RolloutPhase;
  /** In a step before this one. */
  wasProved: boolean;
}

const verdictTexts: Record<GuardrailVerdict, Omit<VerdictText, "detail">> = {
  "no-worse": { state: "on-target", word: "No worse" },
  close: { state: "watch", word: "Close to limit" },
  inconclusive: { state: "running", word: "Inconclusive" },
  regression: { state: "missed", word: "Regression" },
  "no-data": { state: "no-data", word: "No data" },
};

/** Describes the verdict on a guardrail by its fact. After a rollback, an undecided guardrail stays undecided. */
export function describeVerdict({ fact }: GuardrailEvidence, { phase, wasProved }: GuardrailStatus): VerdictText {
  if (!fact) return { ...verdictTexts["no-data"], detail: "" };
  // Evidence that it is no worse restarts with every step, and there is none after the last.
  const isKept = fact.verdict === "inconclusive" && wasProved && (phase === "watching" || phase === "promoted");
  if (isKept) return { ...verdictTexts["no-worse"], detail: "while both versions received traffic" };
  const hasEnded = phase === "promoted" || phase === "rolled-back";
  const { state, word } = verdictTexts[fact.verdict];
  const isUndecided = hasEnded && fact.verdict === "inconclusive";
  return { word, state: isUndecided ? "no-data" : state, detail: capitalise(fact.words) };
}

function capitalise(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
