import { and, asc, eq, sql } from "drizzle-orm";
import { traceAssessments, traces } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { TraceInfo } from "./contract.ts";
import { toAssessment } from "./rows.ts";

/** Traces of the caller's workspace with their assessments, in the order of their ids; those that are not there are left out. */
export async function loadTraces(ctx: Context, ids: readonly string[]): Promise<TraceInfo[]> {
  const list = sql.param([...ids]);
  const { workspaceId } = ctx.actor;
  const rows = await ctx.db
    .select()
    .from(traces)
    .where(and(eq(traces.workspaceId, workspaceId), sql`${traces.id} = any(${list})`));
  const assessmentRows = await ctx.db
    .select()
    .from(traceAssessments)
    .where(and(eq(traceAssessments.workspaceId, workspaceId), sql`${traceAssessments.traceId} = any(${list})`))
    .orderBy(asc(traceAssessments.createdAt), asc(traceAssessments.id));
  const byId = new Map(rows.map(({ workspaceId: _, ...row }) => [row.id, row]));
  const assessments = Map.groupBy(assessmentRows.map(toAssessment), ({ traceId }) => traceId);
  return ids.flatMap((id) => {
    const row = byId.get(id);
    return row ? { ...row, assessments: assessments.get(id) ?? [] } : [];
  });
}
