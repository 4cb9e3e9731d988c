import { and, eq, isNull } from "drizzle-orm";
import { recoveryCodes, secondFactors } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "../../permissions/permit.ts";
import type { SecondFactor } from "./contract.ts";

/** Returns whether sign-in asks the caller for a code, and how many recovery codes are left. */
export async function getSecondFactor(ctx: Context): Promise<SecondFactor> {
  permit(ctx, "getSecondFactor");
  if (ctx.actor.kind !== "user") return { since: null, recoveryCodesLeft: 0 };
  const [factor] = await ctx.db.select().from(secondFactors).where(eq(secondFactors.userId, ctx.actor.id));
  const unused = and(eq(recoveryCodes.userId, ctx.actor.id), isNull(recoveryCodes.usedAt));
  return { since: factor?.confirmedAt ?? null, recoveryCodesLeft: await ctx.db.$count(recoveryCodes, unused) };
}
