import { and, eq, isNotNull } from "drizzle-orm";
import { artifactReleases } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { lockToRefer } from "./reference-lock.ts";
import { isLocationIn, type VersionLocation } from "./version-paths.ts";

/**
 * Protects files from removal by the collector, from this call to the end of the transaction that creates a reference to them. Callers that
 * read the owner of the files take the lock (lockToRefer) before reading.
 * @throws DomainError "unavailable" if they are being removed at this moment.
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
