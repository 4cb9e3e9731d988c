import type { Permission } from "./permission.ts";

/** What monitoring finds at endpoints, and the checks of their data. */
export const findingsPermissions = {
  settleFindings: { role: "admin", scope: "monitoring" },
  renotifyFindings: { role: "admin", scope: "monitoring" },
  watchIntegrity: { role: "admin", scope: "monitoring" },
  watchConsistency: { role: "admin", scope: "monitoring" },
  getIntegrity: { role: "viewer", scope: "monitoring:read" },
  listFindings: { role: "viewer", scope: "monitoring:read" },
} as const satisfies Record<string, Permission>;
