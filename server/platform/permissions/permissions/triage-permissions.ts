import type { Permission } from "./permission.ts";

/** The triage board, and what is done from it that is no command of another area. */
export const triagePermissions = {
  listQueue: { role: "viewer", scope: "alerts:read" },
  countUnacknowledgedPages: { role: "viewer", scope: "alerts:read" },
  getTriage: { role: "viewer", scope: "alerts:read" },
  rollBackEndpoint: { role: "operator", scope: "serving", boundTokens: "own" },
} as const satisfies Record<string, Permission>;
