import { lt } from "drizzle-orm";
import { idempotencyRecords } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";

/** Job: deletes expired responses that are stored for repeated requests. */
export async function deleteExpiredIdempotencyRecords(ctx: Context, now = new Date()): Promise<void> {
  await ctx.db.delete(idempotencyRecords).where(lt(idempotencyRecords.expiresAt, now));
}
