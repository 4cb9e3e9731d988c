import { lt } from "drizzle-orm";
import { knownBrowsers, signInAttempts } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";

const keepDays = 30;

/** Job: deletes sign-in attempts after 30 days, and browsers that are no longer known. */
export async function deleteOldSignInAttempts(ctx: Context, now = new Date()): Promise<void> {
  const longAgo = new Date(now.getTime() - keepDays * dayMs);
  await ctx.db.delete(signInAttempts).where(lt(signInAttempts.at, longAgo));
  await ctx.db.delete(knownBrowsers).where(lt(knownBrowsers.expiresAt, now));
}
