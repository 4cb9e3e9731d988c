import { and, eq, inArray } from "drizzle-orm";
import { featureFiles } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";

/**
 * Copies files of history that were listed before.
 * @param ids of the files
 * @throws DomainError "unavailable" if one has left the list since, because a key was removed from it; whatever `copy` throws
 */
export async function whileListed<Result>(
  ctx: Context,
  ids: readonly string[],
  copy: () => Promise<Result>,
): Promise<Result> {
  try {
    return await copy();
  } catch (cause) {
    if (!(cause instanceof DomainError) || cause.code !== "not-found" || (await areListed(ctx, ids))) throw cause;
    const message = "A history file was rewritten because a key was removed. Try again.";
    throw new DomainError("unavailable", message, { cause });
  }
}

async function areListed(ctx: Context, ids: readonly string[]): Promise<boolean> {
  const listed = await ctx.db
    .select({ id: featureFiles.id })
    .from(featureFiles)
    .where(and(eq(featureFiles.workspaceId, ctx.actor.workspaceId), inArray(featureFiles.id, [...ids])));
  return listed.length === ids.length;
}
