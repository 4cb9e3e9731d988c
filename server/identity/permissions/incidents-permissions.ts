import type { Permission } from "./permission.ts";

/** Incidents, runbooks, and what changed. */
export const incidentsPermissions = {
  listChanges: { role: "viewer", scope: "alerts:read" },
  tellChange: { role: "member", scope: "alerts" },
} as const satisfies Record<string, Permission>;
