import { and, eq, inArray, isNull } from "drizzle-orm";
import { artifactFiles, artifactReleases } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { lockToRefer } from "./reference-lock.ts";

/**
 * Finds which files are stored, for references that are created soon: what was listed for removal is no longer, so that it stays for the days of grace
 * at least. @returns their keys @throws DomainError "unavailable" if one is being removed at this moment
 */
export async function keepArtifacts(ctx: Context, keys: readonly string[]): Promise<Set<string>> {
  if (keys.length === 0) return new Set();
  return transact(ctx, async (ctx) => {
    await lockToRefer(ctx);
    const isListed = and(
      eq(artifactReleases.workspaceId, ctx.actor.workspaceId),
      inArray(artifactReleases.prefix, [...keys]),
    );
    await ctx.db.delete(artifactReleases).where(and(isListed, isNull(artifactReleases.removingAt)));
    if ((await ctx.db.$count(artifactReleases, isListed)) > 0) {
      throw new DomainError("unavailable", "These files are being deleted. Try again in a moment.", {
        retryAfterSeconds: 5,
      });
    }
    const stored = await ctx.db
      .select({ key: artifactFiles.key })
      .from(artifactFiles)
      .where(inArray(artifactFiles.key, [...keys]));
    return new Set(stored.map(({ key }) => key));
  });
}
