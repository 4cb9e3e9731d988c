import type { z } from "zod";
import { type Context, transact } from "#server/base/context.ts";
import { databaseNow } from "#server/base/database-now.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { checkPlan } from "./check-plan.ts";
import { type GameDay, UpdateGameDay } from "./contract.ts";
import { lockDay } from "./find-day.ts";
import { changeGameDay, loadGameDay, planOf, subjectOf } from "./game-day-rows.ts";
import { requirePlanned } from "./require-planned.ts";

/**
 * Changes the plan of a game day that has not started.
 * @throws DomainError as planGameDay; "not-found"; "conflict" where it has started, or someone else has changed it
 */
export async function updateGameDay(ctx: Context, input: z.input<typeof UpdateGameDay>): Promise<GameDay> {
  permit(ctx, "updateGameDay");
  const { number, revision, plan } = UpdateGameDay.parse(input);
  return transact(ctx, async (ctx) => {
    const day = await lockDay(ctx, number);
    requirePlanned(day);
    if (day.revision !== revision) {
      throw new DomainError("conflict", "The game day was changed by someone else. Reload it before you continue.");
    }
    const planned = await checkPlan(ctx, plan, await databaseNow(ctx.db));
    await changeGameDay(ctx, day.id, { ...planned, revision: revision + 1 });
    await record(ctx, "game-day.updated", { subject: subjectOf(day), before: planOf(day), after: planned });
    await publish(ctx, "game-days", day.id);
    return loadGameDay(ctx, day.id);
  });
}
