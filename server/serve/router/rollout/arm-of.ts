import type { Route } from "../routes.ts";

/** Of the two versions of a rollout. */
export type RolloutSide = "stable" | "canary";

/** The arm in which requests to a version behind an endpoint count: "canary" only of the new version of a rollout that is on. */
export function armOf({ rollout, model }: Pick<Route, "rollout" | "model">, versionId: string): RolloutSide {
  if (!rollout) return "stable";
  const canary = rollout.phase === "watching" ? model : rollout.other.model;
  return versionId === canary.versionId ? "canary" : "stable";
}
