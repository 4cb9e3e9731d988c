import { gameDays } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { lockDay } from "./find-day.ts";
import { ofGameDay, subjectOf } from "./game-day-rows.ts";
import { requirePlanned } from "./require-planned.ts";

/**
 * Deletes a game day that has not started; a monthly one does not repeat any more. Its number is not used again while a later one exists.
 * @throws DomainError "not-found"; "conflict" where it has started
 */
export async function discardGameDay(ctx: Context, number: number): Promise<void> {
  permit(ctx, "discardGameDay");
  await transact(ctx, async (ctx) => {
    const day = await lockDay(ctx, number);
    requirePlanned(day);
    const { hypothesis, fault, startsAt, repeats } = day;
    await ctx.db.delete(gameDays).where(ofGameDay(ctx, day.id));
    await record(ctx, "game-day.discarded", {
      subject: subjectOf(day),
      before: { hypothesis, fault, startsAt, repeats },
    });
    await publish(ctx, "game-days", day.id);
  });
}
