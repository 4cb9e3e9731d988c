import type { Role } from "#server/base/context.ts";

/** Scopes of an API token: changing a resource, or reading it; "read" is reading everything. */
export const scopes = [
  "read",
  "tracking:read",
  "tracking",
  "registry:read",
  "registry",
  "serving:read",
  "serving",
  "infer",
  "features:read",
  "features:write",
  "features:define",
  "labels:read",
  "labels",
  "labels:manage",
  "labels:review",
  "training:read",
  "training",
  "training:engines",
  "alerts:read",
  "alerts",
  "monitoring:read",
  "monitoring",
  "reports:read",
  "reports",
  "settings:read",
  "settings",
  "users:read",
  "users",
] as const;
export type Scope = (typeof scopes)[number];

/** Requirements for calling one command or query. */
export interface Permission {
  /** Lowest role that may. */
  role: Role;
  /** Scope a token needs besides. Managing users also needs a person: no token of a service account does. */
  scope: Scope;
  /** Also allowed to someone who has yet to change the password that an admin or Leeway generated. */
  isAllowedBeforePasswordChange?: true;
  /** Not allowed to a service account. */
  requiresPerson?: true;
  /**
   * What a token that is bound to endpoints may do with it. "own": it reaches rows of these endpoints only, which the command or query
   * ensures. "harmless": it reaches nothing of any endpoint. Left out: nothing, because it concerns the complete workspace.
   */
  boundTokens?: "own" | "harmless";
  /**
   * Allowed to the token of a training job. It reaches its own run, those nested in it, their files and models, and the datasets of its job,
   * which the command or query ensures. Left out: not allowed.
   */
  runTokens?: true;
}
