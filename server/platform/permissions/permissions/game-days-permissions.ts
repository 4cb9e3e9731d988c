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
  getGameDayReport: { role: "viewer", scope: "alerts:read" },
  listEarlierGameDays: { role: "viewer", scope: "alerts:read" },
  replayGameDay: { role: "viewer", scope: "alerts:read" },
  listFollowUps: { role: "viewer", scope: "alerts:read" },
  addFollowUp: { role: "member", scope: "alerts" },
  finishFollowUp: { role: "member", scope: "alerts" },
  // As any adjustment of an SLO.
  decideBudget: { role: "operator", scope: "alerts" },
} as const satisfies Record<string, Permission>;
