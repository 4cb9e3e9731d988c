import { eq, inArray, or, type SQL } from "drizzle-orm";
import { gameDays } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { personOf } from "#server/platform/identity/person-of.ts";

/**
 * Returns the condition for game days that the caller may see: one that is not announced shows to its owner and to admins alone until it is over,
 * since whoever knows of it does not react as usual. Undefined for those who may see all.
 */
export async function isShownTo(ctx: Context): Promise<SQL | undefined> {
  if (ctx.actor.role === "admin") return undefined;
  const person = await personOf(ctx);
  return or(
    eq(gameDays.isAnnounced, true),
    inArray(gameDays.state, ["ended", "aborted", "skipped"]),
    person === null ? undefined : eq(gameDays.ownerId, person),
  );
}
