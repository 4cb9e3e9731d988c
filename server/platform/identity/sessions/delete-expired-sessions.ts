import { lt, sql } from "drizzle-orm";
import { sessions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";

/** Job: deletes sessions that have expired, revoked ones among them. */
export async function deleteExpiredSessions(ctx: Context): Promise<void> {
  await ctx.db.delete(sessions).where(lt(sessions.expiresAt, sql`now()`));
}
