import type { Permission } from "./permission.ts";

/** Rollouts, and the error budgets that they respect. */
export const rolloutsPermissions = {
  listRollouts: { role: "viewer", scope: "serving:read" },
  getRollout: { role: "viewer", scope: "serving:read" },
  listRolloutDecisions: { role: "viewer", scope: "serving:read" },
  getRolloutOutcomes: { role: "viewer", scope: "serving:read" },
  getRolloutCurves: { role: "viewer", scope: "serving:read" },
  planRollout: { role: "viewer", scope: "serving:read" },
  getRolloutSlices: { role: "viewer", scope: "serving:read" },
  startRollout: { role: "operator", scope: "serving" },
  pauseRollout: { role: "operator", scope: "serving" },
  resumeRollout: { role: "operator", scope: "serving" },
  approveStep: { role: "operator", scope: "serving" },
  skipStep: { role: "operator", scope: "serving" },
  abortRollout: { role: "operator", scope: "serving" },
  noteRollout: { role: "operator", scope: "serving" },
  overrideBudget: { role: "operator", scope: "serving" },
  evaluateRollout: { role: "admin", scope: "serving" },
  getBudget: { role: "viewer", scope: "serving:read" },
  setBudget: { role: "operator", scope: "serving" },
} as const satisfies Record<string, Permission>;
