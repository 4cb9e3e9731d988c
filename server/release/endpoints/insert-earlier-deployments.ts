import { and, eq, inArray, sql } from "drizzle-orm";
import { deployments } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";

type EarlierDeployment = Pick<
  typeof deployments.$inferInsert,
  "endpointId" | "versionId" | "providers" | "reason" | "deployedBy" | "deployedAt"
>;

/**
 * Inserts deployments of a recorded history before those that endpoints have: what serves stays what it is. The caller has checked permissions, and holds a
 * transaction. @param earlier oldest first @returns their ids, in the same order
 */
export async function insertEarlierDeployments(ctx: Context, earlier: readonly EarlierDeployment[]): Promise<number[]> {
  const { workspaceId } = ctx.actor;
  const ids = [...new Set(earlier.map(({ endpointId }) => endpointId))];
  const present = await ctx.db
    .select({ id: deployments.id })
    .from(deployments)
    .where(and(eq(deployments.workspaceId, workspaceId), inArray(deployments.endpointId, ids)));
  const inserted = await ctx.db
    .insert(deployments)
    .values(earlier.map((each) => ({ ...each, workspaceId })))
    .returning({ id: deployments.id });
  // The newest number serves, so that of the present comes after those of the past.
  const numbers = sql.param(present.map(({ id }) => id));
  await ctx.db.execute(
    sql`update deployments set id = default where workspace_id = ${workspaceId} and id = any(${numbers}::bigint[])`,
  );
  return inserted.map(({ id }) => id);
}
