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
  readAuditLog: { role: "viewer", scope: "read" },
  // events
  watchEvents: { role: "viewer", scope: "read" },
} as const satisfies Record<string, Permission>;

export type PermissionName = keyof typeof permissions;
