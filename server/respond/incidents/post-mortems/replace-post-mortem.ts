import { and, eq } from "drizzle-orm";
import { postMortems } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { keepRevision } from "./keep-revision.ts";

type Row = typeof postMortems.$inferSelect;

/**
 * Writes a post-mortem over the revision that was read, in the caller's transaction.
 * @throws DomainError "conflict" when it has changed since
 */
export async function replacePostMortem(
  ctx: Context,
  { incidentId, revision }: { incidentId: string; revision: number },
  change: Pick<Row, "body" | "state" | "waiver">,
): Promise<void> {
  const { workspaceId, name: updatedBy } = ctx.actor;
  const written = await ctx.db
    .update(postMortems)
    .set({ ...change, revision: revision + 1, updatedBy, updatedAt: new Date() })
    .where(
      and(
        eq(postMortems.incidentId, incidentId),
        eq(postMortems.workspaceId, workspaceId),
        eq(postMortems.revision, revision),
      ),
    )
    .returning({ revision: postMortems.revision });
  if (written.length === 0) {
    const words = "The post-mortem was changed by someone else. Reload it and merge your changes.";
    throw new DomainError("conflict", words, { field: "body" });
  }
  await keepRevision(ctx, { incidentId, revision: revision + 1, body: change.body });
}
