import type { Role } from "#server/context.ts";

/** What an API token can be limited to. */
export const scopes = ["read", "tracking", "registry", "serving", "infer", "settings"] as const;
export type Scope = (typeof scopes)[number];

interface Permission {
  /** Lowest role that may. */
  role: Role;
  /** Scope a token needs besides. */
  scope: Scope;
}

/**
 * Every command and query by name, and who may call it. A test calls each as every role,
 * and does not compile while one is missing there.
 */
export const permissions = {
  // identity
  getViewer: { role: "viewer", scope: "read" },
  listUsers: { role: "viewer", scope: "settings" },
  getUser: { role: "viewer", scope: "settings" },
  createUser: { role: "admin", scope: "settings" },
  changeRole: { role: "admin", scope: "settings" },
  disableUser: { role: "admin", scope: "settings" },
  enableUser: { role: "admin", scope: "settings" },
  resetPassword: { role: "admin", scope: "settings" },
  changePassword: { role: "viewer", scope: "settings" },
  listTokens: { role: "viewer", scope: "settings" },
  getToken: { role: "viewer", scope: "settings" },
  createToken: { role: "viewer", scope: "settings" },
  revokeToken: { role: "viewer", scope: "settings" },
  renameWorkspace: { role: "admin", scope: "settings" },
  readAuditLog: { role: "viewer", scope: "read" },
  // events
  watchEvents: { role: "viewer", scope: "read" },
} as const satisfies Record<string, Permission>;

export type PermissionName = keyof typeof permissions;
