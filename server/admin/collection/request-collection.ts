import { and, eq, inArray, sql } from "drizzle-orm";
import { artifactReleases } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { enqueue } from "#server/platform/jobs/queue.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { RequestCollection } from "../../platform/artifacts/contract.ts";

/** Enqueues a job that searches for orphaned files, or removes those that are due, immediately instead of at its scheduled hour. */
export async function requestCollection(ctx: Context, input: RequestCollection): Promise<void> {
  permit(ctx, "requestCollection");
  const { action, releaseIds } = RequestCollection.parse(input);
  await transact(ctx, async (ctx) => {
    const due =
      action === "look" || releaseIds.length === 0
        ? []
        : await ctx.db
            .update(artifactReleases)
            .set({ removeAfter: sql`now()` })
            .where(
              and(eq(artifactReleases.workspaceId, ctx.actor.workspaceId), inArray(artifactReleases.id, releaseIds)),
            )
            .returning({ prefix: artifactReleases.prefix });
    await enqueue(ctx, action === "look" ? "sweep-artifacts" : "collect-artifacts", {});
    await record(ctx, action === "look" ? "artifacts.searched" : "artifacts.collection-requested", {
      subject: "artifact/unreferenced",
      after: { due: due.map(({ prefix }) => prefix.slice(ctx.actor.workspaceId.length + 1)) },
    });
  });
}
