import { listAbortConditions } from "#server/respond/drills/abort/list-abort-conditions.ts";
import { abortGameDay } from "#server/respond/drills/abort-game-day.ts";
import { decideBudget } from "#server/respond/drills/budget/decide-budget.ts";
import { discardGameDay } from "#server/respond/drills/discard-game-day.ts";
import { addFollowUp } from "#server/respond/drills/follow-ups/add-follow-up.ts";
import { finishFollowUp } from "#server/respond/drills/follow-ups/finish-follow-up.ts";
import { listFollowUps } from "#server/respond/drills/follow-ups/queries.ts";
import { noteGameDay } from "#server/respond/drills/note-game-day.ts";
import { planGameDay } from "#server/respond/drills/plan-game-day.ts";
import { listPreconditions } from "#server/respond/drills/preconditions/list-preconditions.ts";
import { getGameDay, listGameDayEvents, listGameDays } from "#server/respond/drills/queries.ts";
import { replayGameDay } from "#server/respond/drills/replay/replay-game-day.ts";
import { getGameDayReport, listEarlierGameDays } from "#server/respond/drills/report/queries.ts";
import { seeGameDay } from "#server/respond/drills/see-game-day.ts";
import { startGameDay } from "#server/respond/drills/start-game-day.ts";
import { updateGameDay } from "#server/respond/drills/update-game-day.ts";
import type { Calls } from "./call.ts";

const number = 1;

const planOf = ({ endpoint }: { endpoint: string }) => ({
  endpoint,
  hypothesis: "On-call is notified when requests fail.",
  fault: { kind: "errors" as const },
  expectations: [{ what: "noHarm" as const }],
});

/** Game days. */
export const gameDayCalls = {
  listGameDays: (ctx) => listGameDays(ctx),
  getGameDay: (ctx, { gameDay }) => getGameDay(ctx, gameDay),
  listPreconditions: (ctx, { gameDay }) => listPreconditions(ctx, gameDay),
  listAbortConditions: (ctx, { gameDay }) => listAbortConditions(ctx, gameDay),
  listGameDayEvents: (ctx, { gameDay }) => listGameDayEvents(ctx, gameDay),
  seeGameDay: (ctx, { gameDay }) => seeGameDay(ctx, gameDay),
  abortGameDay: (ctx, { gameDay: number }) => abortGameDay(ctx, { number }),
  noteGameDay: (ctx, { gameDay: number }) => noteGameDay(ctx, { number, words: "x" }),
  planGameDay: (ctx, fixture) => planGameDay(ctx, planOf(fixture)),
  updateGameDay: (ctx, fixture) => updateGameDay(ctx, { number: fixture.gameDay, revision: 1, plan: planOf(fixture) }),
  discardGameDay: (ctx, { gameDay }) => discardGameDay(ctx, gameDay),
  startGameDay: (ctx, { gameDay }) => startGameDay(ctx, gameDay),
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
