import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { noteLock } from "#server/base/lock-order.ts";

/**
 * Takes a shared lock until the end of the transaction, for code that creates references to files: many may hold it, but none while
 * the collector decides.
 */
export async function lockToRefer(ctx: Context): Promise<void> {
  noteLock(ctx, "files");
  await ctx.db.execute(sql`select pg_advisory_xact_lock_shared(${lockNumber(ctx)})`);
}

/** Takes the collector's lock while it decides which files are unreferenced: no references can be created meanwhile. */
export async function lockToDecide(ctx: Context): Promise<void> {
  noteLock(ctx, "files");
  await ctx.db.execute(sql`select pg_advisory_xact_lock(${lockNumber(ctx)})`);
}

/**
 * Takes a shared lock until the end of the transaction, for code that makes bytes a file, or removes files, after it has checked that no
 * version has them: many may hold it, but none while a version is registered. It is held while the store replaces the file.
 */
export async function lockToReplace(ctx: Context): Promise<void> {
  noteLock(ctx, "sealed files");
  await ctx.db.execute(sql`select pg_advisory_xact_lock_shared(${lockNumber(ctx, "sealed artifacts")})`);
}

/** Takes the lock of code that fixes files, because a version has them from now on: no file is replaced meanwhile. */
export async function lockToSeal(ctx: Context): Promise<void> {
  noteLock(ctx, "sealed files");
  await ctx.db.execute(sql`select pg_advisory_xact_lock(${lockNumber(ctx, "sealed artifacts")})`);
}

function lockNumber(ctx: Context, what = "artifacts") {
  return sql`hashtextextended(${`${what} of ${ctx.actor.workspaceId}`}, 0)`;
}
