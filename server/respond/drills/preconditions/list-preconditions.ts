import type { Context } from "#server/base/context.ts";
import { databaseNow } from "#server/base/database-now.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { Precondition } from "../contract.ts";
import { findDay } from "../find-day.ts";
import { preconditions } from "./preconditions.ts";
import { readPreconditionFacts } from "./read-precondition-facts.ts";

/** Lists what has to hold before a game day starts, as it is now; it is checked again at the start. @throws DomainError "not-found" */
export async function listPreconditions(ctx: Context, number: number): Promise<Precondition[]> {
  permit(ctx, "listPreconditions");
  const day = await findDay(ctx, number);
  return preconditions(await readPreconditionFacts(ctx, day, await databaseNow(ctx.db)));
}
