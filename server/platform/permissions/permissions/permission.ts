import type { Role } from "#server/base/context.ts";

/** What an API token can be limited to: changing a resource, or reading it; "read" is reading everything. */
export const scopes = [
  "read",
  "tracking:read",
  "tracking",
  "registry:read",
  "registry",
  "serving:read",
  "serving",
  "infer",
  "alerts:read",
  "alerts",
  "monitoring:read",
  "monitoring",
  "reports:read",
  "reports",
  "settings:read",
  "settings",
] as const;
export type Scope = (typeof scopes)[number];

/** Who may call one command or query. */
export interface Permission {
  /** Lowest role that may. */
  role: Role;
  /** Scope a token needs besides. */
  scope: Scope;
}
