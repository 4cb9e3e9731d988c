import { and, asc, eq, inArray, lte, type SQL, sql } from "drizzle-orm";
import { traces } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { DeleteTraces } from "./contract.ts";

/** Permanently deletes traces of an experiment, with their spans and assessments. @returns the number deleted. */
export async function deleteTraces(ctx: Context, input: DeleteTraces): Promise<number> {
  permit(ctx, "deleteTraces");
  const ofExperiment = and(
    eq(traces.workspaceId, ctx.actor.workspaceId),
    eq(traces.experimentId, input.experimentId),
    "traceIds" in input
      ? sql`${traces.id} = any(${sql.param([...input.traceIds])})`
      : lte(traces.startedAt, input.startedUntil),
  ) as SQL;
  const most = "atMost" in input ? input.atMost : undefined;
  return transact(ctx, async (ctx) => {
    const doomed = ctx.db.select({ id: traces.id }).from(traces).where(ofExperiment).orderBy(asc(traces.startedAt));
    const deleted = await ctx.db
      .delete(traces)
      .where(and(ofExperiment, inArray(traces.id, most === undefined ? doomed : doomed.limit(most))))
      .returning({ id: traces.id });
    if (deleted.length > 0) {
      const after = { traces: deleted.length };
      await record(ctx, "traces.deleted", { subject: `experiment/${input.experimentId}`, after });
    }
    return deleted.length;
  });
}
