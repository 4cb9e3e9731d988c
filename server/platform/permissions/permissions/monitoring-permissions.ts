import type { Permission } from "./permission.ts";

/** Permissions for the monitoring of endpoints: references, drift, data quality, quality, findings. */
export const monitoringPermissions = {
  getMonitor: { role: "viewer", scope: "monitoring:read" },
  setMonitor: { role: "operator", scope: "monitoring" },
  listExpected: { role: "viewer", scope: "monitoring:read" },
  markExpected: { role: "operator", scope: "monitoring" },
  listDrift: { role: "viewer", scope: "monitoring:read" },
  getDrift: { role: "viewer", scope: "monitoring:read" },
  getFeatureDrift: { role: "viewer", scope: "monitoring:read" },
  getDriftHistory: { role: "viewer", scope: "monitoring:read" },
  revokeExpected: { role: "operator", scope: "monitoring" },
  readStates: { role: "viewer", scope: "monitoring:read" },
  listAnalyses: { role: "viewer", scope: "monitoring:read" },
  getAnalysis: { role: "viewer", scope: "monitoring:read" },
  requestAnalysis: { role: "member", scope: "monitoring" },
  runAnalysis: { role: "admin", scope: "monitoring" },
  markAnalysisFailed: { role: "admin", scope: "monitoring" },
} as const satisfies Record<string, Permission>;
