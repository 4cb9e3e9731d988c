import { and, eq, sql } from "drizzle-orm";
import { gameDays } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { personOf } from "#server/platform/identity/person-of.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findDay } from "./find-day.ts";
import { ofGameDay } from "./game-day-rows.ts";

/** Notes that the owner's page of a running game day is open, which is to be repeated meanwhile. Nothing happens for others. @throws DomainError "not-found" */
export async function seeGameDay(ctx: Context, number: number): Promise<void> {
  permit(ctx, "seeGameDay");
  const { id, ownerId } = await findDay(ctx, number);
  if ((await personOf(ctx)) !== ownerId) return;
  await ctx.db
    .update(gameDays)
    .set({ ownerSeenAt: sql`clock_timestamp()` })
    .where(and(ofGameDay(ctx, id), eq(gameDays.state, "running")));
}
