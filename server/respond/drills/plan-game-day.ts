import type { z } from "zod";
import { type Context, transact } from "#server/base/context.ts";
import { databaseNow } from "#server/base/database-now.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { checkPlan } from "./check-plan.ts";
import { type GameDay, GameDayPlan } from "./contract.ts";
import { insertGameDay, loadGameDay, lockGameDays, subjectOf } from "./game-day-rows.ts";

/**
 * Plans a game day. Nothing happens until someone starts it, or until its time has come.
 * @throws DomainError "not-found" or "invalid" with the field for what the plan names or exceeds; "conflict" for an archived endpoint;
 * "forbidden" for a fault that touches the installation
 */
export async function planGameDay(ctx: Context, plan: z.input<typeof GameDayPlan>): Promise<GameDay> {
  permit(ctx, "planGameDay");
  const values = GameDayPlan.parse(plan);
  return transact(ctx, async (ctx) => {
    await lockGameDays(ctx);
    const planned = await checkPlan(ctx, values, await databaseNow(ctx.db));
    const day = await insertGameDay(ctx, { ...planned, createdBy: ctx.actor.name });
    await record(ctx, "game-day.planned", { subject: subjectOf(day), after: values });
    await publish(ctx, "game-days", day.id);
    return loadGameDay(ctx, day.id);
  });
}
