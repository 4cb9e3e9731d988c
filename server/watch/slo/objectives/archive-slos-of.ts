import { and, eq, isNull, sql } from "drizzle-orm";
import { slos } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";

/**
 * Archives the SLOs of an endpoint that is being removed, in the caller's transaction: otherwise they would report missing traffic forever.
 * Composites lose those components. The caller has checked permissions.
 */
export async function archiveSlosOf(ctx: Context, endpointId: string, reason: string): Promise<void> {
  const { workspaceId } = ctx.actor;
  const archived = await ctx.db
    .update(slos)
    .set({ archivedAt: sql`now()`, updatedAt: sql`now()` })
    .where(and(eq(slos.workspaceId, workspaceId), eq(slos.endpointId, endpointId), isNull(slos.archivedAt)))
    .returning({ id: slos.id, name: slos.name });
  for (const { id, name } of archived) {
    await record(ctx, "slo.archived", { subject: `slo/${name}`, reason: reason || "Its endpoint was archived" });
    await publish(ctx, "slo", id);
  }
}
