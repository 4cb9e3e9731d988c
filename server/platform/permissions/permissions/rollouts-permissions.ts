import type { Permission } from "./permission.ts";

/** Rollouts, and the error budgets that they respect. */
export const rolloutsPermissions = {
  listRollouts: { role: "viewer", scope: "serving:read", boundTokens: "own" },
  getRollout: { role: "viewer", scope: "serving:read", boundTokens: "own" },
  listRolloutDecisions: { role: "viewer", scope: "serving:read", boundTokens: "own" },
  getRolloutOutcomes: { role: "viewer", scope: "serving:read", boundTokens: "own" },
  getRolloutCurves: { role: "viewer", scope: "serving:read", boundTokens: "own" },
  planRollout: { role: "viewer", scope: "serving:read", boundTokens: "own" },
  getRolloutSlices: { role: "viewer", scope: "serving:read", boundTokens: "own" },
  startRollout: { role: "operator", scope: "serving", boundTokens: "own" },
  pauseRollout: { role: "operator", scope: "serving", boundTokens: "own" },
  resumeRollout: { role: "operator", scope: "serving", boundTokens: "own" },
  approveStep: { role: "operator", scope: "serving", boundTokens: "own" },
  skipStep: { role: "operator", scope: "serving", boundTokens: "own" },
  abortRollout: { role: "operator", scope: "serving", boundTokens: "own" },
  noteRollout: { role: "operator", scope: "serving", boundTokens: "own" },
  overrideBudget: { role: "operator", scope: "serving", boundTokens: "own" },
  evaluateRollout: { role: "admin", scope: "serving" },
  getBudget: { role: "viewer", scope: "serving:read", boundTokens: "own" },
  setBudget: { role: "operator", scope: "serving", boundTokens: "own" },
} as const satisfies Record<string, Permission>;
