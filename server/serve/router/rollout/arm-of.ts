import type { Route } from "../routes.ts";

/** Versions of a rollout. */
export type RolloutSide = "stable" | "canary";

/** Returns the arm in which requests to an endpoint's version count: "canary" only for the new version of an active rollout. */
export function armOf({ rollout, model }: Pick<Route, "rollout" | "model">, versionId: string): RolloutSide {
  if (!rollout) return "stable";
  const canary = rollout.phase === "watching" ? model : rollout.other.model;
  return versionId === canary.versionId ? "canary" : "stable";
}
