import type { Permission } from "./permission.ts";

/** What game days showed, and what follows from it. Excluding used budget requires the same role as any adjustment of an SLO. */
export const gameDayReportsPermissions = {
  getGameDayReport: { role: "viewer", scope: "alerts:read" },
  listEarlierGameDays: { role: "viewer", scope: "alerts:read" },
  replayGameDay: { role: "viewer", scope: "alerts:read" },
  listFollowUps: { role: "viewer", scope: "alerts:read" },
  addFollowUp: { role: "member", scope: "alerts" },
  finishFollowUp: { role: "member", scope: "alerts" },
  decideBudget: { role: "operator", scope: "alerts" },
} as const satisfies Record<string, Permission>;
