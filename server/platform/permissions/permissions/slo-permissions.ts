import type { Permission } from "./permission.ts";

/** SLOs, their counts and their budgets. Editing an SLO requires the same role as deploying: lowering an objective opens a gate. */
export const sloPermissions = {
  evaluateSlo: { role: "admin", scope: "alerts" },
  postCounts: { role: "member", scope: "alerts" },
  listSlos: { role: "viewer", scope: "alerts:read", boundTokens: "own" },
  getSlo: { role: "viewer", scope: "alerts:read", boundTokens: "own" },
  countSlos: { role: "viewer", scope: "alerts:read" },
  listSloRevisions: { role: "viewer", scope: "alerts:read", boundTokens: "own" },
  replaySlo: { role: "viewer", scope: "alerts:read" },
  budgetHistory: { role: "viewer", scope: "alerts:read", boundTokens: "own" },
  listBudgetConsumers: { role: "viewer", scope: "alerts:read", boundTokens: "own" },
  checkBudgetGate: { role: "viewer", scope: "alerts:read", boundTokens: "own" },
  exportOpenSlo: { role: "viewer", scope: "alerts:read" },
  getFreeze: { role: "viewer", scope: "alerts:read", boundTokens: "own" },
  freezeEndpoint: { role: "member", scope: "alerts", boundTokens: "own" },
  liftFreeze: { role: "operator", scope: "alerts", boundTokens: "own" },
  createSlo: { role: "operator", scope: "alerts" },
  updateSlo: { role: "operator", scope: "alerts", boundTokens: "own" },
  archiveSlo: { role: "operator", scope: "alerts", boundTokens: "own" },
  pauseSlo: { role: "operator", scope: "alerts", boundTokens: "own" },
  resumeSlo: { role: "operator", scope: "alerts", boundTokens: "own" },
  importOpenSlo: { role: "operator", scope: "alerts" },
  addAdjustment: { role: "operator", scope: "alerts", boundTokens: "own" },
  revokeAdjustment: { role: "operator", scope: "alerts", boundTokens: "own" },
  approveChanges: { role: "operator", scope: "alerts", boundTokens: "own" },
  revokeApproval: { role: "operator", scope: "alerts", boundTokens: "own" },
} as const satisfies Record<string, Permission>;
