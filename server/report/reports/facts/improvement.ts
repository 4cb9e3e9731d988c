import { and, desc, eq, gte, inArray, isNull, lt, ne, sql } from "drizzle-orm";
import {
  endpoints,
  gameDayFollowUps,
  gameDays,
  registeredModels,
  retrainingCycles,
  retrainingPolicies,
} from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { sideBySide } from "#server/base/side-by-side.ts";
import { countText, figure } from "../figure.ts";
import type { ReportFacts } from "./contract.ts";
import type { ReadSpan } from "./objectives.ts";

interface Counts {
  all: number;
  /** Of these, adopted cycles, or game days whose hypothesis was confirmed. */
  good: number;
}

interface Between {
  from: number;
  to: number;
}

/**
 * Counts the retraining cycles that ended in the period and the game days that were held. The caller has checked permissions; a caller
 * limited to endpoints gets theirs.
 */
export async function readImprovement(
  ctx: Context,
  span: ReadSpan,
): Promise<Required<Pick<ReportFacts, "retraining" | "gameDays">>> {
  const periods = [
    { from: span.from, to: span.until },
    { from: span.previous, to: span.from },
  ] as const;
  const [cycles, cyclesBefore, days, daysBefore] = await sideBySide(ctx, [
    () => countCycles(ctx, periods[0]),
    () => countCycles(ctx, periods[1]),
    () => countGameDays(ctx, periods[0]),
    () => countGameDays(ctx, periods[1]),
  ]);
  const common = { text: countText, knownUntil: span.until };
  const ofCycles = { ...common, href: "/retraining" };
  const ofDays = { ...common, href: "/game-days" };
  return {
    retraining: {
      cycles: figure({
        ...ofCycles,
        id: "retraining.cycles",
        definition: "retraining.cycles",
        value: cycles.all,
        before: cyclesBefore.all,
      }),
      adopted: figure({
        ...ofCycles,
        id: "retraining.adopted",
        definition: "retraining.adopted",
        value: cycles.good,
        before: cyclesBefore.good,
      }),
    },
    gameDays: {
      held: figure({
        ...ofDays,
        id: "game-days.held",
        definition: "game-days.held",
        value: days.all,
        before: daysBefore.all,
      }),
      confirmed: figure({
        ...ofDays,
        id: "game-days.confirmed",
        definition: "game-days.confirmed",
        value: days.good,
        before: daysBefore.good,
      }),
    },
  };
}

async function countCycles(ctx: Context, between: Between): Promise<Counts> {
  const [row] = await ctx.db
    .select({
      all: sql<number>`count(*)::int`,
      good: sql<number>`(count(*) filter (where ${retrainingCycles.state} = 'adopted'))::int`,
    })
    .from(retrainingCycles)
    .innerJoin(retrainingPolicies, eq(retrainingPolicies.id, retrainingCycles.policyId))
    .innerJoin(endpoints, eq(endpoints.id, retrainingPolicies.endpointId))
    .where(endedCycles(ctx, between));
  return row ?? { all: 0, good: 0 };
}

async function countGameDays(ctx: Context, between: Between): Promise<Counts> {
  const [row] = await ctx.db
    .select({
      all: sql<number>`count(*)::int`,
      good: sql<number>`(count(*) filter (where ${isConfirmed}))::int`,
    })
    .from(gameDays)
    .innerJoin(endpoints, eq(endpoints.id, gameDays.endpointId))
    .where(heldGameDays(ctx, between));
  return row ?? { all: 0, good: 0 };
}

/** The cycles that `readImprovement` counts, newest first. The caller has checked permissions. */
export function listEndedCycles(ctx: Context, between: Between, limit: number) {
  return ctx.db
    .select({
      model: registeredModels.name,
      number: retrainingCycles.number,
      state: retrainingCycles.state,
      words: retrainingCycles.words,
      endedAt: retrainingCycles.endedAt,
    })
    .from(retrainingCycles)
    .innerJoin(retrainingPolicies, eq(retrainingPolicies.id, retrainingCycles.policyId))
    .innerJoin(registeredModels, eq(registeredModels.id, retrainingPolicies.modelId))
    .innerJoin(endpoints, eq(endpoints.id, retrainingPolicies.endpointId))
    .where(endedCycles(ctx, between))
    .orderBy(desc(retrainingCycles.endedAt))
    .limit(limit);
}

/** The game days that `readImprovement` counts, newest first, with their open follow-ups. The caller has checked permissions. */
export function listHeldGameDays(ctx: Context, between: Between, limit: number) {
  return ctx.db
    .select({
      number: gameDays.number,
      endpoint: endpoints.name,
      hypothesis: gameDays.hypothesis,
      isConfirmed: sql<boolean | null>`(${gameDays.report} ->> 'isConfirmed')::boolean`,
      openFollowUps: sql<number>`(${ctx.db
        .select({ count: sql`count(*)::int` })
        .from(gameDayFollowUps)
        .where(and(eq(gameDayFollowUps.gameDayId, gameDays.id), isNull(gameDayFollowUps.doneAt)))})`,
      startedAt: gameDays.startedAt,
    })
    .from(gameDays)
    .innerJoin(endpoints, eq(endpoints.id, gameDays.endpointId))
    .where(heldGameDays(ctx, between))
    .orderBy(desc(gameDays.startedAt))
    .limit(limit);
}

const isConfirmed = sql`${gameDays.report} ->> 'isConfirmed' = 'true'`;

function endedCycles(ctx: Context, { from, to }: Between) {
  return and(
    eq(retrainingCycles.workspaceId, ctx.actor.workspaceId),
    // A cycle that a person stopped says nothing about the policy.
    ne(retrainingCycles.state, "cancelled"),
    gte(retrainingCycles.endedAt, new Date(from)),
    lt(retrainingCycles.endedAt, new Date(to)),
    ofCaller(ctx),
  );
}

function heldGameDays(ctx: Context, { from, to }: Between) {
  return and(
    eq(gameDays.workspaceId, ctx.actor.workspaceId),
    inArray(gameDays.state, ["ended", "aborted"]),
    gte(gameDays.startedAt, new Date(from)),
    lt(gameDays.startedAt, new Date(to)),
    ofCaller(ctx),
  );
}

const ofCaller = ({ actor }: Context) => (actor.endpoints ? inArray(endpoints.name, [...actor.endpoints]) : undefined);
