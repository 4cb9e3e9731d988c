import type { Permission } from "./permission.ts";

/** What monitoring finds at endpoints, and the checks of their data. */
export const findingsPermissions = {
  settleFindings: { role: "admin", scope: "monitoring" },
  retellFindings: { role: "admin", scope: "monitoring" },
  listFindings: { role: "viewer", scope: "monitoring:read" },
} as const satisfies Record<string, Permission>;
