import type { Permission } from "./permission.ts";

/** Permissions for the monitoring of endpoints: references, drift, data quality, quality, findings. */
export const monitoringPermissions = {
  getMonitor: { role: "viewer", scope: "monitoring:read", boundTokens: "own" },
  setMonitor: { role: "operator", scope: "monitoring", boundTokens: "own" },
  listExpected: { role: "viewer", scope: "monitoring:read", boundTokens: "own" },
  markExpected: { role: "operator", scope: "monitoring", boundTokens: "own" },
  listDrift: { role: "viewer", scope: "monitoring:read", boundTokens: "own" },
  getDrift: { role: "viewer", scope: "monitoring:read", boundTokens: "own" },
  getFeatureDrift: { role: "viewer", scope: "monitoring:read", boundTokens: "own" },
  getDriftHistory: { role: "viewer", scope: "monitoring:read", boundTokens: "own" },
  revokeExpected: { role: "operator", scope: "monitoring", boundTokens: "own" },
  readStates: { role: "viewer", scope: "monitoring:read", boundTokens: "own" },
  listAnalyses: { role: "viewer", scope: "monitoring:read" },
  getAnalysis: { role: "viewer", scope: "monitoring:read" },
  requestAnalysis: { role: "member", scope: "monitoring" },
  runAnalysis: { role: "admin", scope: "monitoring" },
  markAnalysisFailed: { role: "admin", scope: "monitoring" },
} as const satisfies Record<string, Permission>;
