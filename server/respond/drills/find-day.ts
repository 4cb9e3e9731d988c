import { and, eq } from "drizzle-orm";
import { gameDays } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { GameDayRow } from "./game-day-rows.ts";

/** Finds the row of a game day of this workspace by its number. The caller has checked permissions. @throws DomainError "not-found" */
export async function findDay(ctx: Context, number: number): Promise<GameDayRow> {
  const [day] = await ctx.db.select().from(gameDays).where(ofNumber(ctx, number));
  if (!day) throw noDay(number);
  return day;
}

/** Finds it and locks it until the transaction ends. @throws DomainError "not-found" */
export async function lockDay(ctx: Context, number: number): Promise<GameDayRow> {
  const [day] = await ctx.db.select().from(gameDays).where(ofNumber(ctx, number)).for("no key update");
  if (!day) throw noDay(number);
  return day;
}

function ofNumber(ctx: Context, number: number) {
  return and(eq(gameDays.workspaceId, ctx.actor.workspaceId), eq(gameDays.number, number));
}

function noDay(number: number): DomainError {
  return new DomainError("not-found", `Game day GD-${number} not found. See Game days for a list.`);
}
