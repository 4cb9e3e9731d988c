import { and, desc, eq, isNotNull, not, type SQL, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import { endpoints, gameDayEvents, gameDays, users } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { GameDay } from "./contract.ts";
import { describeFault } from "./describe-fault.ts";

export type GameDayRow = typeof gameDays.$inferSelect;

/** Columns that follow from the plan of a game day. */
export type PlannedColumns = Pick<
  GameDayRow,
  | "endpointId"
  | "hypothesis"
  | "fault"
  | "scope"
  | "share"
  | "minutes"
  | "isAnnounced"
  | "ownerId"
  | "expectations"
  | "startsAt"
  | "repeats"
>;

/** Returns these columns of a stored game day. */
export function planOf(day: GameDayRow): PlannedColumns {
  const { endpointId, hypothesis, fault, scope, share, minutes, isAnnounced, ownerId, expectations } = day;
  const { startsAt, repeats } = day;
  return {
    endpointId,
    hypothesis,
    fault,
    scope,
    share,
    minutes,
    isAnnounced,
    ownerId,
    expectations,
    startsAt,
    repeats,
  };
}

/** A discarded game day keeps its row, so that nothing else gets its number: people skip one only by discarding it. */
export const isDiscarded = sql`(${and(eq(gameDays.state, "skipped"), isNotNull(gameDays.endedBy))})`;

const previousDays = alias(gameDays, "previous_days");

/** Selects game days of this workspace that are not discarded, newest first. The caller has checked permissions. @param where on columns of game_days */
export async function selectGameDays(ctx: Context, where: SQL | undefined, limit: number): Promise<GameDay[]> {
  const rows = await ctx.db
    .select({ row: gameDays, endpoint: endpoints.name, owner: users.name, previous: previousDays.number })
    .from(gameDays)
    .innerJoin(endpoints, eq(endpoints.id, gameDays.endpointId))
    .leftJoin(users, sql`${users.id}::text = ${gameDays.ownerId}`)
    .leftJoin(previousDays, eq(previousDays.id, gameDays.previousId))
    .where(and(eq(gameDays.workspaceId, ctx.actor.workspaceId), not(isDiscarded), where))
    .orderBy(desc(gameDays.number))
    .limit(limit);
  return rows.map(({ row, endpoint, owner, previous }) => ({
    ...row,
    endpoint: { id: row.endpointId, name: endpoint },
    faultWords: describeFault(row),
    owner: { id: row.ownerId, name: owner ?? "removed person" },
    previous: previous === null ? null : { number: previous },
    outcome: row.report && {
      isConfirmed: row.report.isConfirmed,
      notifiedSeconds: row.report.timeline.find(({ what }) => what === "notified")?.seconds ?? null,
    },
  }));
}

/** Returns one of them that exists. The caller has checked permissions. */
export async function loadGameDay(ctx: Context, id: string): Promise<GameDay> {
  const [day] = await selectGameDays(ctx, eq(gameDays.id, id), 1);
  if (!day) throw new Error("The game day no longer exists.");
  return day;
}

/**
 * Makes what is planned, started and ended in a workspace follow one another until the transaction ends: numbers have no gaps, and of two starts
 * the second sees the first. Taken before the row of a game day.
 */
export async function lockGameDays(ctx: Context): Promise<void> {
  const key = `game days ${ctx.actor.workspaceId}`;
  await ctx.db.execute(sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`);
}

/** Stores a planned game day under the next number, counted from 1. Call lockGameDays() before. */
export async function insertGameDay(
  ctx: Context,
  values: Omit<typeof gameDays.$inferInsert, "workspaceId" | "number">,
): Promise<GameDayRow> {
  const { workspaceId } = ctx.actor;
  const [last] = await ctx.db
    .select({ number: gameDays.number })
    .from(gameDays)
    .where(eq(gameDays.workspaceId, workspaceId))
    .orderBy(desc(gameDays.number))
    .limit(1);
  const number = (last?.number ?? 0) + 1;
  const [row] = await ctx.db
    .insert(gameDays)
    .values({ ...values, workspaceId, number })
    .returning();
  if (!row) throw new Error("The game day was not inserted.");
  return row;
}

/** Changes columns of a game day, which the caller holds. */
export async function changeGameDay(
  ctx: Context,
  id: string,
  change: Partial<typeof gameDays.$inferInsert>,
): Promise<void> {
  await ctx.db
    .update(gameDays)
    .set({ ...change, updatedAt: sql`now()` })
    .where(ofGameDay(ctx, id));
}

/** Returns the condition for one game day of this workspace. */
export function ofGameDay(ctx: Context, id: string) {
  return and(eq(gameDays.workspaceId, ctx.actor.workspaceId), eq(gameDays.id, id));
}

/** Adds an entry to the log of a game day. */
export async function addGameDayEvent(
  ctx: Context,
  gameDayId: string,
  event: Pick<typeof gameDayEvents.$inferInsert, "kind" | "words" | "by" | "at">,
): Promise<void> {
  await ctx.db.insert(gameDayEvents).values({ ...event, gameDayId, workspaceId: ctx.actor.workspaceId });
}

/** Returns the subject of a game day in the audit log. */
export function subjectOf({ number }: Pick<GameDayRow, "number">): string {
  return `game-day/GD-${number}`;
}
