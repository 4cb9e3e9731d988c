import { and, eq, isNotNull } from "drizzle-orm";
import { artifactReleases } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { lockToRefer } from "./reference-lock.ts";
import { isLocationIn, type VersionLocation } from "./version-paths.ts";

/**
 * To be called in the transaction that makes something refer to files: from here to the end of it the collector cannot decide to remove
 * them. Who reads what the files belong to takes the lock (lockToRefer) before reading.
 * @throws DomainError "unavailable" when they are being removed at this moment.
 */
export async function referToArtifacts(ctx: Context, location: Omit<VersionLocation, "label">): Promise<void> {
  const { workspaceId } = ctx.actor;
  await lockToRefer(ctx);
  const removing = await ctx.db
    .select({ prefix: artifactReleases.prefix })
    .from(artifactReleases)
    .where(and(eq(artifactReleases.workspaceId, workspaceId), isNotNull(artifactReleases.removingAt)));
  if (removing.some(({ prefix }) => isLocationIn(location, workspaceId, prefix.slice(workspaceId.length + 1)))) {
    throw new DomainError("unavailable", "These files are being deleted. Try again in a moment.", {
      retryAfterSeconds: 5,
    });
  }
}
