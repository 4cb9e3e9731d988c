import { formatDuration } from "#components/ui/format-time.ts";
import type { State } from "#components/ui/status-shape.tsx";
import type { RolloutPhase } from "#server/serve/rollout/contract.ts";
import type { GuardrailEvidence, GuardrailVerdict } from "#server/serve/rollout/evidence/contract.ts";
import { provableMetrics } from "#server/serve/rollout/plan/constants.ts";
import type { Guardrail } from "#server/serve/rollout/plan/contract.ts";
import { formatDifference, formatFactLimit } from "./guardrail-numbers.ts";

interface VerdictText {
  state: State;
  word: string;
}

interface GuardrailStatus {
  phase: RolloutPhase;
  /** In a step before this one. */
  wasProved: boolean;
}

const verdictTexts: Record<GuardrailVerdict, VerdictText> = {
  "no-worse": { state: "on-target", word: "No worse" },
  close: { state: "watch", word: "Close to limit" },
  inconclusive: { state: "running", word: "Inconclusive" },
  regression: { state: "missed", word: "Regression" },
  "no-data": { state: "no-data", word: "No data" },
};

/**
 * Returns the verdict on a guardrail that headline, line and order share. Evidence that it is no worse restarts with every step, and there
 * is none after the last: what was decided before stays.
 */
export function verdictOf({ fact }: GuardrailEvidence, { phase, wasProved }: GuardrailStatus): GuardrailVerdict {
  if (!fact) return "no-data";
  return isKept(fact.verdict, { phase, wasProved }) ? "no-worse" : fact.verdict;
}

function isKept(verdict: GuardrailVerdict, { phase, wasProved }: GuardrailStatus): boolean {
  return verdict === "inconclusive" && wasProved && (phase === "watching" || phase === "promoted");
}

/** Returns the icon and word of a verdict. After the end, an undecided guardrail stays undecided. */
export function describeVerdict(evidence: GuardrailEvidence, status: GuardrailStatus): VerdictText {
  const verdict = verdictOf(evidence, status);
  const hasEnded = status.phase === "promoted" || status.phase === "rolled-back";
  const { state, word } = verdictTexts[verdict];
  return { word, state: hasEnded && verdict === "inconclusive" ? "no-data" : state };
}

interface VerdictContext extends GuardrailStatus {
  guardrail: Guardrail;
  /** When it was first shown to be no worse in this step, in milliseconds since 1970. */
  provedAt: number | undefined;
  /** Expected time of a verdict in milliseconds from now. */
  expectedMs: number | undefined;
  /** Names of the versions. */
  names: { stable: string; canary: string };
}

/** The one fact that matters beside a verdict: a text, or the time since when it holds. */
export type DecisiveFact = { text: string } | { text: string; since: number };

/** Returns what matters beside a verdict: since when, how far beyond the limit, when it is expected, or whose data is missing. */
export function decisiveFact(evidence: GuardrailEvidence, context: VerdictContext): DecisiveFact | undefined {
  const { fact } = evidence;
  const { guardrail, phase, provedAt, expectedMs, names } = context;
  if (!fact) return undefined;
  if (isKept(fact.verdict, context)) return { text: "while both versions received traffic" };
  switch (fact.verdict) {
    case "regression":
      return fact.limit === null
        ? undefined
        : { text: `${formatDifference(evidence)}, limit ${formatFactLimit(fact)}` };
    case "no-worse":
      return provedAt === undefined ? undefined : { text: "since", since: provedAt };
    case "close":
      return provedAt === undefined ? undefined : { text: "no worse since", since: provedAt };
    case "no-data":
      return { text: `no requests of ${fact.canary.units === 0 ? names.canary : names.stable}` };
    case "inconclusive":
      if (phase === "promoted" || phase === "rolled-back") return undefined;
      if (expectedMs !== undefined && expectedMs > 0) return { text: `about ${formatDuration(expectedMs)}` };
      if (guardrail.requiresVerdict) return { text: "not enough data yet" };
      return { text: provableMetrics.includes(guardrail.metric) ? "not required" : "detects regressions only" };
  }
}

/** Order of lines: broken first, then undecided, then what is closest to its limit. */
export const verdictOrder: readonly GuardrailVerdict[] = ["regression", "inconclusive", "no-data", "close", "no-worse"];
