import type { Permission } from "./permission.ts";

/** Labels, estimates, fairness, consistency. */
export const qualityPermissions = {
  getQuality: { role: "viewer", scope: "monitoring:read", boundTokens: "own" },
  listQuality: { role: "viewer", scope: "monitoring:read", boundTokens: "own" },
} as const satisfies Record<string, Permission>;
