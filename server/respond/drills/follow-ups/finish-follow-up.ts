import { and, eq } from "drizzle-orm";
import { gameDayFollowUps } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { FollowUp } from "../contract.ts";
import { lockDay } from "../find-day.ts";
import { FinishFollowUp } from "./contract.ts";
import { selectFollowUps } from "./follow-up-rows.ts";

/** Marks a follow-up as done, or as open again. Marking it twice changes nothing. @throws DomainError "not-found" */
export async function finishFollowUp(ctx: Context, input: FinishFollowUp): Promise<FollowUp> {
  permit(ctx, "finishFollowUp");
  const { number, id, isDone } = FinishFollowUp.parse(input);
  return transact(ctx, async (ctx) => {
    const { id: gameDayId } = await lockDay(ctx, number);
    const ofDay = and(eq(gameDayFollowUps.id, id), eq(gameDayFollowUps.gameDayId, gameDayId));
    const [before] = await selectFollowUps(ctx, ofDay);
    if (!before) throw new DomainError("not-found", `GD-${number} has no such follow-up. See its report for a list.`);
    if ((before.doneAt !== null) === isDone) return before;
    const done = isDone ? { doneAt: new Date(), doneBy: ctx.actor.name } : { doneAt: null, doneBy: null };
    const ofWorkspace = eq(gameDayFollowUps.workspaceId, ctx.actor.workspaceId);
    await ctx.db.update(gameDayFollowUps).set(done).where(and(ofWorkspace, ofDay));
    const { words } = before;
    await record(ctx, isDone ? "game-day.follow-up-done" : "game-day.follow-up-reopened", {
      subject: `game-day/GD-${number}`,
      before: { words, doneAt: before.doneAt },
      after: done,
    });
    await publish(ctx, "game-days", gameDayId);
    return { ...before, doneAt: done.doneAt };
  });
}
