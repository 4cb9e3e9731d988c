import type { State } from "#components/ui/status-shape.tsx";
import type { DecisionKind, RolloutDecision } from "#server/serve/rollout/contract.ts";

/** The shape of a decision in the log; null is a plain dot, for what people say. */
export const decisionShapes: Record<DecisionKind, State | null> = {
  started: null,
  advance: "finished",
  hold: "running",
  "go-on": "running",
  withheld: "watch",
  "roll-back": "rolled-back",
  promote: "finished",
  complete: "finished",
  pause: "paused",
  resume: "running",
  approve: "finished",
  skip: "finished",
  override: "watch",
  note: null,
};

/** Formats an entry of the log: a note is quoted, a reason follows the text. */
export function decisionText({ kind, words, reason }: Pick<RolloutDecision, "kind" | "words" | "reason">): string {
  if (kind === "note") return `“${reason ?? words}”`;
  if (!reason || words.includes(reason)) return words;
  return `${words.replace(/\.$/, "")}: “${reason}”`;
}
