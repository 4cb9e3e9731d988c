import { percent } from "#server/base/format-number.ts";
import type { RolloutState } from "../../../serve/rollout/contract.ts";
import type { Decided, Evaluated } from "./evaluated.ts";

/** Codes of holds that end when an error budget of the endpoint allows changes again, or someone overrides it. */
export const budgetHolds: readonly string[] = ["budget-exhausted", "budget-low"];

/** Returns a decision without changes. */
export function unchanged(state: RolloutState): Decided {
  return { state, decisions: [], deploys: null, needsBudget: false };
}

/** Keeps the weight. Logs the hold when its reason is new; the words follow the counts. */
export function held({ state, now }: Pick<Evaluated, "state" | "now">, code: string, words: string): Decided {
  const isNew = state.hold?.code !== code;
  const since = isNew ? now : (state.hold?.since ?? now);
  const kind = code === "withheld" ? "withheld" : "hold";
  return {
    ...unchanged({ ...state, hold: { code, words, since } }),
    // Loading at the start is expected on every gateway; it is part of the state, but is not logged.
    decisions: isNew && code !== "not-loaded" ? [{ kind, code, words }] : [],
  };
}

/** Ends a hold: evidence arrives, and its reason no longer applies. */
export function goesOn({ state }: Pick<Evaluated, "state">): Decided {
  if (!state.hold) return unchanged(state);
  const { code } = state.hold;
  const words = state.phase === "watching" ? "Monitoring resumed." : `Resumed at ${percent(state.weight)}.`;
  return { ...unchanged({ ...state, hold: null }), decisions: [{ kind: "go-on", code, words }] };
}

/** Describes the position of a hold, for the start of a sentence. */
export function heldAt({ phase, weight }: RolloutState, how: "On hold" | "Paused" = "On hold"): string {
  if (phase === "starting") return `${how} before the first step`;
  return phase === "watching" ? `Monitoring ${how.toLowerCase()}` : `${how} at ${percent(weight)}`;
}
