import { and, eq, inArray } from "drizzle-orm";
import { runTags } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { feastUseTags, isFeastUse } from "#server/platform/feast-use-tags.ts";
import { enqueue } from "#server/platform/jobs/queue.ts";

/** Has a job read which features a new version of a model uses, if its tags or those of its run say so. Part of the caller's transaction. */
export async function enqueueFeatureUses(
  ctx: Context,
  { versionId, runId, tags }: { versionId: string; runId: string; tags: readonly { key: string }[] },
): Promise<void> {
  const isTagged = tags.some(({ key }) => isFeastUse(key)) || (runId !== "" && (await isRunTagged(ctx, runId)));
  if (isTagged) await enqueue(ctx, "find-feature-uses", { versionId });
}

async function isRunTagged(ctx: Context, runId: string): Promise<boolean> {
  const found = await ctx.db
    .select({ key: runTags.key })
    .from(runTags)
    .where(
      and(
        eq(runTags.workspaceId, ctx.actor.workspaceId),
        eq(runTags.runId, runId),
        inArray(runTags.key, [...feastUseTags]),
      ),
    )
    .limit(1);
  return found.length > 0;
}
