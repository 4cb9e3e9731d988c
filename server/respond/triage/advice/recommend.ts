import type { IncidentStage } from "#server/respond/incidents/stages/contract.ts";
import type { TriageAct } from "./contract.ts";

/** What the recommendation follows from. */
export interface Situation {
  /** Stage of the incident; null without one. */
  stage: IncidentStage | null;
  /** Alerts that fire. */
  firing: number;
  isUnacknowledged: boolean;
  /** Whether the incident may be resolved by a person now. */
  mayResolve: boolean;
  /** Whether someone else did something a moment ago. */
  isActing: boolean;
  /** What the likely cause is; null without evidence. */
  cause: "deploy" | "data" | "other" | null;
  /** Whether the blamed version serves now, all traffic or as a canary. */
  isBlamedServing: boolean;
  /** Whether a version is left that may serve again: not blocked, not just left, and it did not fail itself. */
  hasTarget: boolean;
  hasFallback: boolean;
}

/**
 * Returns the one action to recommend; null where waiting is best. A rollback only leaves the version that is blamed, and only while it
 * serves. While someone acts, and while recovery is watched, nothing is recommended: a second action would hide the effect of the first.
 */
export function recommend(of: Situation): TriageAct | null {
  if (of.stage === "resolve") return of.mayResolve ? "resolve" : null;
  if (of.isActing || of.stage === "watch") return null;
  if (of.stage !== null && of.firing === 0) return of.mayResolve ? "resolve" : null;
  if (of.cause === "deploy" && of.isBlamedServing && of.hasTarget) return "roll-back";
  if (of.cause === "data" && of.hasFallback) return "fall-back";
  return of.isUnacknowledged ? "acknowledge" : null;
}
