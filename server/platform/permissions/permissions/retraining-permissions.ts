import type { Permission } from "./permission.ts";

/** Retraining. What a policy or a cycle does ends in a rollout, so changes need the role and the scope of those who may start one. */
export const retrainingPermissions = {
  listRetrainingPolicies: { role: "viewer", scope: "training:read" },
  getRetrainingPolicy: { role: "viewer", scope: "training:read" },
  listRetrainingDecisions: { role: "viewer", scope: "training:read" },
  getRetrainingGains: { role: "viewer", scope: "training:read" },
  createRetrainingPolicy: { role: "operator", scope: "serving" },
  updateRetrainingPolicy: { role: "operator", scope: "serving" },
  pauseRetrainingPolicy: { role: "operator", scope: "serving" },
  resumeRetrainingPolicy: { role: "operator", scope: "serving" },
  deleteRetrainingPolicy: { role: "operator", scope: "serving" },
  listRetrainingCycles: { role: "viewer", scope: "training:read" },
  getRetrainingCycle: { role: "viewer", scope: "training:read" },
  requestRetraining: { role: "operator", scope: "serving" },
  endRetrainingCycle: { role: "operator", scope: "serving" },
  approveRetrainingCycle: { role: "operator", scope: "serving" },
  declineRetrainingCycle: { role: "operator", scope: "serving" },
} as const satisfies Record<string, Permission>;
