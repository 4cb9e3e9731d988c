import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { listAbortConditions } from "#server/respond/drills/abort/list-abort-conditions.ts";
import { abortGameDay } from "#server/respond/drills/abort-game-day.ts";
import { DecideBudget } from "#server/respond/drills/budget/contract.ts";
import { decideBudget } from "#server/respond/drills/budget/decide-budget.ts";
import * as drills from "#server/respond/drills/contract.ts";
import { discardGameDay } from "#server/respond/drills/discard-game-day.ts";
import { addFollowUp } from "#server/respond/drills/follow-ups/add-follow-up.ts";
import { AddFollowUp, FinishFollowUp } from "#server/respond/drills/follow-ups/contract.ts";
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
import { route } from "./route.ts";

const ofDay = z.object({
  number: z.coerce
    .number()
    .int()
    .min(1)
    .max(2 ** 31 - 1),
});
const path = "/game-days/:number";
const one = { params: ofDay, response: drills.GameDay };

/** Game days: faults made on purpose, and what they showed. */
export function gameDays(app: FastifyInstance): void {
  collection(app);
  plan(app);
  run(app);
  report(app);
  followUps(app);
}

function collection(app: FastifyInstance): void {
  const list = {
    summary: "List game days, newest first",
    query: z.object({ limit: z.coerce.number().int().min(1).max(500).default(200) }),
    response: z.object({ gameDays: z.array(drills.GameDay) }),
  };
  route(app, { method: "GET", path: "/game-days", ...list }, async ({ ctx, query }) => ({
    gameDays: await listGameDays(ctx, query),
  }));
  const create = {
    summary: "Plan a game day",
    body: drills.GameDayPlan,
    response: drills.GameDay,
    status: 201,
  } as const;
  route(app, { method: "POST", path: "/game-days", ...create }, ({ ctx, body }) => planGameDay(ctx, body));
  const replay = {
    summary: "Replay the rules of an endpoint over the fault of a plan",
    body: drills.GameDayPlan,
    response: drills.Replay,
  };
  route(app, { method: "POST", path: "/game-day-replays", ...replay }, ({ ctx, body }) => replayGameDay(ctx, body));
}

function plan(app: FastifyInstance): void {
  const show = { summary: "Get a game day", ...one };
  route(app, { method: "GET", path, ...show }, ({ ctx, params }) => getGameDay(ctx, params.number));
  const update = {
    summary: "Replace the plan of a game day that has not started",
    body: drills.UpdateGameDay.omit({ number: true }),
    ...one,
  };
  route(app, { method: "PUT", path, ...update }, ({ ctx, params, body }) => updateGameDay(ctx, { ...body, ...params }));
  const discard = { summary: "Discard a game day that has not started", params: ofDay };
  route(app, { method: "DELETE", path, ...discard }, ({ ctx, params }) => discardGameDay(ctx, params.number));
  const list = {
    summary: "List the preconditions of a game day",
    params: ofDay,
    response: z.object({ preconditions: z.array(drills.Precondition) }),
  };
  route(app, { method: "GET", path: `${path}/preconditions`, ...list }, async ({ ctx, params }) => ({
    preconditions: await listPreconditions(ctx, params.number),
  }));
}

function run(app: FastifyInstance): void {
  const start = { summary: "Start a game day", ...one };
  route(app, { method: "POST", path: `${path}/start`, ...start }, ({ ctx, params }) =>
    startGameDay(ctx, params.number),
  );
  const abort = {
    summary: "Abort a running game day",
    body: drills.AbortGameDay.omit({ number: true }),
    ...one,
  };
  route(app, { method: "POST", path: `${path}/abort`, ...abort }, ({ ctx, params, body }) =>
    abortGameDay(ctx, { ...body, ...params }),
  );
  const see = { summary: "Renew the presence of the owner of a running game day", params: ofDay };
  route(app, { method: "POST", path: `${path}/presence`, ...see }, ({ ctx, params }) => seeGameDay(ctx, params.number));
  const conditions = {
    summary: "List the abort conditions of a game day with their current values",
    params: ofDay,
    response: z.object({ conditions: z.array(drills.AbortCondition) }),
  };
  route(app, { method: "GET", path: `${path}/abort-conditions`, ...conditions }, async ({ ctx, params }) => ({
    conditions: await listAbortConditions(ctx, params.number),
  }));
  const events = {
    summary: "List the log of a game day, oldest first",
    params: ofDay,
    response: z.object({ events: z.array(drills.GameDayEvent) }),
  };
  route(app, { method: "GET", path: `${path}/events`, ...events }, async ({ ctx, params }) => ({
    events: await listGameDayEvents(ctx, params.number),
  }));
  const note = {
    summary: "Add a note to the log of a game day",
    params: ofDay,
    body: drills.NoteGameDay.omit({ number: true }),
  };
  route(app, { method: "POST", path: `${path}/notes`, ...note }, ({ ctx, params, body }) =>
    noteGameDay(ctx, { ...body, ...params }),
  );
}

function report(app: FastifyInstance): void {
  const show = {
    summary: "Get the report of a game day",
    params: ofDay,
    response: drills.GameDayReport,
  };
  route(app, { method: "GET", path: `${path}/report`, ...show }, ({ ctx, params }) =>
    getGameDayReport(ctx, params.number),
  );
  const earlier = {
    summary: "List the earlier game days of the same endpoint",
    params: ofDay,
    response: z.object({ gameDays: z.array(drills.EarlierGameDay) }),
  };
  route(app, { method: "GET", path: `${path}/earlier`, ...earlier }, async ({ ctx, params }) => ({
    gameDays: await listEarlierGameDays(ctx, params.number),
  }));
  const budget = {
    summary: "Decide whether the error budget that a game day used counts",
    params: ofDay,
    body: DecideBudget.omit({ number: true }),
  };
  route(app, { method: "PUT", path: `${path}/budget`, ...budget }, ({ ctx, params, body }) =>
    decideBudget(ctx, { ...body, ...params }),
  );
}

function followUps(app: FastifyInstance): void {
  const list = {
    summary: "List the follow-ups of a game day",
    params: ofDay,
    response: z.object({ followUps: z.array(drills.FollowUp) }),
  };
  route(app, { method: "GET", path: `${path}/follow-ups`, ...list }, async ({ ctx, params }) => ({
    followUps: await listFollowUps(ctx, params.number),
  }));
  const add = {
    summary: "Add a follow-up to a game day",
    params: ofDay,
    body: AddFollowUp.omit({ number: true }),
    response: drills.FollowUp,
    status: 201,
  } as const;
  route(app, { method: "POST", path: `${path}/follow-ups`, ...add }, ({ ctx, params, body }) =>
    addFollowUp(ctx, { ...body, ...params }),
  );
  const finish = {
    summary: "Mark a follow-up of a game day as done, or as open again",
    params: ofDay.extend({ id: z.uuid() }),
    body: FinishFollowUp.pick({ isDone: true }),
    response: drills.FollowUp,
  };
  route(app, { method: "PATCH", path: `${path}/follow-ups/:id`, ...finish }, ({ ctx, params, body }) =>
    finishFollowUp(ctx, { ...body, ...params }),
  );
}
