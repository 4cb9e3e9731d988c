import type { Permission } from "./permission.ts";

/** SLOs, their counts and their budgets. Editing an SLO requires the same role as deploying: lowering an objective opens a gate. */
export const sloPermissions = {
  evaluateSlo: { role: "admin", scope: "alerts" },
  postCounts: { role: "member", scope: "alerts" },
  listSlos: { role: "viewer", scope: "alerts:read" },
  getSlo: { role: "viewer", scope: "alerts:read" },
  countSlos: { role: "viewer", scope: "alerts:read" },
  listSloRevisions: { role: "viewer", scope: "alerts:read" },
  replaySlo: { role: "viewer", scope: "alerts:read" },
  budgetHistory: { role: "viewer", scope: "alerts:read" },
  listBudgetConsumers: { role: "viewer", scope: "alerts:read" },
  checkBudgetGate: { role: "viewer", scope: "alerts:read" },
  exportOpenSlo: { role: "viewer", scope: "alerts:read" },
  getFreeze: { role: "viewer", scope: "alerts:read" },
  freezeEndpoint: { role: "member", scope: "alerts" },
  liftFreeze: { role: "operator", scope: "alerts" },
  createSlo: { role: "operator", scope: "alerts" },
  updateSlo: { role: "operator", scope: "alerts" },
  archiveSlo: { role: "operator", scope: "alerts" },
  pauseSlo: { role: "operator", scope: "alerts" },
  resumeSlo: { role: "operator", scope: "alerts" },
  importOpenSlo: { role: "operator", scope: "alerts" },
  addAdjustment: { role: "operator", scope: "alerts" },
  revokeAdjustment: { role: "operator", scope: "alerts" },
  approveChanges: { role: "operator", scope: "alerts" },
  revokeApproval: { role: "operator", scope: "alerts" },
} as const satisfies Record<string, Permission>;
