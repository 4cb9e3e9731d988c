import { eq } from "drizzle-orm";
import { workspaces } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { type GameDayRow, insertGameDay, planOf, subjectOf } from "./game-day-rows.ts";
import { nextMonthlyStart } from "./next-monthly-start.ts";

/**
 * Plans the game day that repeats a monthly one, in the transaction that ends or skips it. Nothing happens for others.
 * @param now milliseconds since 1970: a start that has passed meanwhile is left out
 */
export async function planNext(ctx: Context, day: GameDayRow, now: number): Promise<void> {
  if (day.repeats !== "monthly" || !day.startsAt) return;
  const { workspaceId } = ctx.actor;
  const [workspace] = await ctx.db
    .select({ timeZone: workspaces.timeZone })
    .from(workspaces)
    .where(eq(workspaces.id, workspaceId));
  let startsAt = day.startsAt;
  do startsAt = nextMonthlyStart(startsAt, workspace?.timeZone ?? "UTC");
  while (startsAt.getTime() <= now);
  const plan = { ...planOf(day), startsAt };
  const next = await insertGameDay(ctx, { ...plan, previousId: day.id, createdBy: day.createdBy });
  await record(ctx, "game-day.planned", { subject: subjectOf(next), after: { repeats: `GD-${day.number}`, startsAt } });
  await publish(ctx, "game-days", next.id);
}
