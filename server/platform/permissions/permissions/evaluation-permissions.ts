import type { Permission } from "./permission.ts";

/** Evaluation sets, which are data, and evaluations of versions on them. */
export const evaluationPermissions = {
  listEvaluationSets: { role: "viewer", scope: "tracking:read" },
  getEvaluationSet: { role: "viewer", scope: "tracking:read" },
  listEvaluations: { role: "viewer", scope: "registry:read" },
  getEvaluation: { role: "viewer", scope: "registry:read" },
  listEvaluatedRows: { role: "viewer", scope: "tracking:read" },
  compareEvaluations: { role: "viewer", scope: "registry:read" },
  listChangedRows: { role: "viewer", scope: "tracking:read" },
  listRobustness: { role: "viewer", scope: "registry:read" },
  getRobustness: { role: "viewer", scope: "registry:read" },
  compareRobustness: { role: "viewer", scope: "registry:read" },
  requestRobustness: { role: "member", scope: "registry" },
  listLoggedEvaluations: { role: "viewer", scope: "tracking:read" },
  getModelCard: { role: "viewer", scope: "registry:read" },
  createEvaluationSet: { role: "member", scope: "tracking" },
  requestEvaluation: { role: "member", scope: "registry" },
  cancelEvaluation: { role: "member", scope: "registry" },
  retireEvaluationSet: { role: "operator", scope: "tracking" },
  freezeEvaluationSet: { role: "admin", scope: "tracking" },
  markEvaluationSetFailed: { role: "admin", scope: "tracking" },
  runEvaluation: { role: "admin", scope: "registry" },
  resumeEvaluations: { role: "admin", scope: "registry" },
} as const satisfies Record<string, Permission>;
