import type { Context } from "#server/base/context.ts";
import { databaseNow } from "#server/base/database-now.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { AbortCondition } from "../contract.ts";
import { findDay } from "../find-day.ts";
import { abortConditions } from "./abort-conditions.ts";
import { readAbortFacts } from "./read-abort-facts.ts";

/** Lists what ends a game day at once, with how far each is while it runs. @throws DomainError "not-found" */
export async function listAbortConditions(ctx: Context, number: number): Promise<AbortCondition[]> {
  permit(ctx, "listAbortConditions");
  const day = await findDay(ctx, number);
  return abortConditions(await readAbortFacts(ctx, day, await databaseNow(ctx.db)));
}
