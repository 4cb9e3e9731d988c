import type { Permission } from "./permission.ts";

/** Labels, estimates, fairness, consistency. */
export const qualityPermissions = {
  getQuality: { role: "viewer", scope: "monitoring:read" },
  listQuality: { role: "viewer", scope: "monitoring:read" },
} as const satisfies Record<string, Permission>;
