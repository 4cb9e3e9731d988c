import { percent } from "#server/base/format-number.ts";
import type { RolloutState } from "../../../serve/rollout/contract.ts";
import type { Decided, Evaluated } from "./evaluated.ts";

/** Codes of holds that end when an error budget of the endpoint lets changes go on, or somebody overrides it. */
export const budgetHolds: readonly string[] = ["budget-exhausted", "budget-low"];

/** Nothing happens. */
export function unchanged(state: RolloutState): Decided {
  return { state, decisions: [], deploys: null, needsBudget: false };
}

/** The weight stays where it is. The log tells it when the reason is another one than before, the words follow the counts. */
export function held({ state, now }: Pick<Evaluated, "state" | "now">, code: string, words: string): Decided {
  const isNew = state.hold?.code !== code;
  const since = isNew ? now : (state.hold?.since ?? now);
  const kind = code === "withheld" ? "withheld" : "hold";
  return {
    ...unchanged({ ...state, hold: { code, words, since } }),
    // That gateways load at the start is what everybody expects; it stands in the state, and not in the log.
    decisions: isNew && code !== "not-loaded" ? [{ kind, code, words }] : [],
  };
}

/** Evidence comes in; what held it until now does so no longer. */
export function goesOn({ state }: Pick<Evaluated, "state">): Decided {
  if (!state.hold) return unchanged(state);
  const { code } = state.hold;
  const words = state.phase === "watching" ? "Monitoring resumed." : `Resumed at ${percent(state.weight)}.`;
  return { ...unchanged({ ...state, hold: null }), decisions: [{ kind: "go-on", code, words }] };
}

/** Where it is held, for the beginning of a sentence. */
export function heldAt({ phase, weight }: RolloutState, how: "On hold" | "Paused" = "On hold"): string {
  if (phase === "starting") return `${how} before the first step`;
  return phase === "watching" ? `Monitoring ${how.toLowerCase()}` : `${how} at ${percent(weight)}`;
}
