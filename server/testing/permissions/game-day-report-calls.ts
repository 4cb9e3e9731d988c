import { decideBudget } from "#server/respond/drills/budget/decide-budget.ts";
import { addFollowUp } from "#server/respond/drills/follow-ups/add-follow-up.ts";
import { finishFollowUp } from "#server/respond/drills/follow-ups/finish-follow-up.ts";
import { listFollowUps } from "#server/respond/drills/follow-ups/queries.ts";
import { replayGameDay } from "#server/respond/drills/replay/replay-game-day.ts";
import { getGameDayReport, listEarlierGameDays } from "#server/respond/drills/report/queries.ts";
import type { Calls } from "./call.ts";

const number = 1;

/** Reports of game days, and what follows from them. */
export const gameDayReportCalls = {
  getGameDayReport: (ctx) => getGameDayReport(ctx, number),
  listEarlierGameDays: (ctx) => listEarlierGameDays(ctx, number),
  replayGameDay: (ctx, { endpoint }) =>
    replayGameDay(ctx, {
      endpoint,
      hypothesis: "On-call is notified when 5% of requests fail.",
      fault: { kind: "errors", status: 503 },
      scope: "requests",
      share: 0.05,
      minutes: 10,
      isAnnounced: true,
      expectations: [{ what: "noHarm" }],
      startsAt: null,
      repeats: "never",
    }),
  listFollowUps: (ctx) => listFollowUps(ctx, number),
  addFollowUp: (ctx) => addFollowUp(ctx, { number, words: "x" }),
  finishFollowUp: (ctx) => finishFollowUp(ctx, { number, id: crypto.randomUUID(), isDone: true }),
  decideBudget: (ctx) => decideBudget(ctx, { number, decision: "counted" }),
} as const satisfies Calls;
