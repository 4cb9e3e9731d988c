import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { lockDay } from "./find-day.ts";
import { changeGameDay, subjectOf } from "./game-day-rows.ts";
import { requirePlanned } from "./require-planned.ts";

/**
 * Discards a game day that has not started: nothing shows it any more, and a monthly one does not repeat. Its number is not used again.
 * @throws DomainError "not-found"; "conflict" where it has started
 */
export async function discardGameDay(ctx: Context, number: number): Promise<void> {
  permit(ctx, "discardGameDay");
  await transact(ctx, async (ctx) => {
    const day = await lockDay(ctx, number);
    requirePlanned(day);
    const { hypothesis, fault, startsAt, repeats } = day;
    await changeGameDay(ctx, day.id, { state: "skipped", endReason: "Discarded.", endedBy: ctx.actor.name });
    await record(ctx, "game-day.discarded", {
      subject: subjectOf(day),
      before: { hypothesis, fault, startsAt, repeats },
    });
    await publish(ctx, "game-days", day.id);
  });
}
