import { and, eq, not, type SQL } from "drizzle-orm";
import { gameDays } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { type GameDayRow, isDiscarded } from "./game-day-rows.ts";
import { isShownTo } from "./is-shown-to.ts";

/** Finds the row of a game day that the caller may see, by its number. The caller has checked permissions. @throws DomainError "not-found" */
export async function findDay(ctx: Context, number: number): Promise<GameDayRow> {
  const [day] = await ctx.db
    .select()
    .from(gameDays)
    .where(ofNumber(ctx, number, await isShownTo(ctx)));
  if (!day) throw noDay(number);
  return day;
}

/** Finds it and locks it until the transaction ends. @throws DomainError "not-found" */
export async function lockDay(ctx: Context, number: number): Promise<GameDayRow> {
  return lock(ctx, number, await isShownTo(ctx));
}

/** Finds and locks a game day that the caller may not see yet: whoever knows its number may end it. @throws DomainError "not-found" */
export function lockHiddenDay(ctx: Context, number: number): Promise<GameDayRow> {
  return lock(ctx, number, undefined);
}

async function lock(ctx: Context, number: number, isShown: SQL | undefined): Promise<GameDayRow> {
  const [day] = await ctx.db
    .select()
    .from(gameDays)
    .where(ofNumber(ctx, number, isShown))
    .for("no key update");
  if (!day) throw noDay(number);
  return day;
}

function ofNumber(ctx: Context, number: number, isShown: SQL | undefined) {
  return and(eq(gameDays.workspaceId, ctx.actor.workspaceId), eq(gameDays.number, number), not(isDiscarded), isShown);
}

function noDay(number: number): DomainError {
  return new DomainError("not-found", `Game day GD-${number} not found. See Game days for a list.`);
}
