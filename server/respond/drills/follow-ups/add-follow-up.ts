import { and, eq } from "drizzle-orm";
import { gameDayFollowUps } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { refuseUnknown } from "../../incidents/refuse-unknown.ts";
import type { FollowUp } from "../contract.ts";
import { lockDay } from "../find-day.ts";
import { AddFollowUp } from "./contract.ts";
import { maxFollowUps, selectFollowUps } from "./follow-up-rows.ts";

/**
 * Adds what a game day showed to be missing, with its owner and a date. @throws DomainError "not-found" for the game day or the owner;
 * "conflict" for too many
 */
export async function addFollowUp(ctx: Context, input: AddFollowUp): Promise<FollowUp> {
  permit(ctx, "addFollowUp");
  const { number, ...values } = AddFollowUp.parse(input);
  return transact(ctx, async (ctx) => {
    const { id: gameDayId } = await lockDay(ctx, number);
    await refuseUnknown(ctx, { ownerId: values.ownerId });
    const { workspaceId, name: createdBy } = ctx.actor;
    const ofDay = and(eq(gameDayFollowUps.workspaceId, workspaceId), eq(gameDayFollowUps.gameDayId, gameDayId));
    if ((await ctx.db.$count(gameDayFollowUps, ofDay)) >= maxFollowUps) {
      throw new DomainError("conflict", `A game day can have at most ${maxFollowUps} follow-ups.`);
    }
    const [row] = await ctx.db
      .insert(gameDayFollowUps)
      .values({ ...values, workspaceId, gameDayId, createdBy })
      .returning({ id: gameDayFollowUps.id });
    if (!row) throw new Error("The follow-up was not inserted.");
    await record(ctx, "game-day.follow-up-added", { subject: `game-day/GD-${number}`, after: values });
    await publish(ctx, "game-days", gameDayId);
    const [added] = await selectFollowUps(ctx, eq(gameDayFollowUps.id, row.id));
    if (!added) throw new Error("The follow-up no longer exists.");
    return added;
  });
}
