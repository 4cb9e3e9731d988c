import type { Permission } from "./permission.ts";

/** References of versions. */
export const profilesPermissions = {
  getProfile: { role: "viewer", scope: "monitoring:read" },
  getReference: { role: "viewer", scope: "monitoring:read" },
  listProfiles: { role: "viewer", scope: "monitoring:read" },
  listReferenceFeatures: { role: "viewer", scope: "monitoring:read" },
  adviseReference: { role: "viewer", scope: "monitoring:read" },
  requestProfile: { role: "member", scope: "monitoring" },
  retireProfile: { role: "operator", scope: "monitoring" },
  buildProfile: { role: "admin", scope: "monitoring" },
  findReference: { role: "admin", scope: "monitoring" },
  markReferenceFailed: { role: "admin", scope: "monitoring" },
} as const satisfies Record<string, Permission>;
