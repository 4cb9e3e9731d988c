import type { Permission } from "./permission.ts";

/** Game days. A fault affects traffic, so planning and starting need the role and the scope of those who start rollouts; ending one does not. */
export const gameDaysPermissions = {
  listGameDays: { role: "viewer", scope: "alerts:read" },
  getGameDay: { role: "viewer", scope: "alerts:read" },
  listPreconditions: { role: "viewer", scope: "alerts:read" },
  listAbortConditions: { role: "viewer", scope: "alerts:read" },
  listGameDayEvents: { role: "viewer", scope: "alerts:read" },
  seeGameDay: { role: "viewer", scope: "alerts" },
  abortGameDay: { role: "member", scope: "alerts" },
  noteGameDay: { role: "member", scope: "alerts" },
  planGameDay: { role: "operator", scope: "serving" },
  updateGameDay: { role: "operator", scope: "serving" },
  discardGameDay: { role: "operator", scope: "serving" },
  startGameDay: { role: "operator", scope: "serving" },
} as const satisfies Record<string, Permission>;
