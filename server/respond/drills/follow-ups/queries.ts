import { eq } from "drizzle-orm";
import { gameDayFollowUps } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { FollowUp } from "../contract.ts";
import { findDay } from "../find-day.ts";
import { selectFollowUps } from "./follow-up-rows.ts";

/** Lists the follow-ups of a game day: open ones first, by due date. @throws DomainError "not-found" */
export async function listFollowUps(ctx: Context, number: number): Promise<FollowUp[]> {
  permit(ctx, "listFollowUps");
  const { id } = await findDay(ctx, number);
  return selectFollowUps(ctx, eq(gameDayFollowUps.gameDayId, id));
}
