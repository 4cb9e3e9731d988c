import type { Permission } from "./permission.ts";

/** Permissions for the findings of monitoring at endpoints, and for their data checks. */
export const findingsPermissions = {
  settleFindings: { role: "admin", scope: "monitoring" },
  renotifyFindings: { role: "admin", scope: "monitoring" },
  watchIntegrity: { role: "admin", scope: "monitoring" },
  watchConsistency: { role: "admin", scope: "monitoring" },
  getIntegrity: { role: "viewer", scope: "monitoring:read", boundTokens: "own" },
  listFindings: { role: "viewer", scope: "monitoring:read", boundTokens: "own" },
} as const satisfies Record<string, Permission>;
