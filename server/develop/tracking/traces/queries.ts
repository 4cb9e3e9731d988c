import { and, asc, eq, sql } from "drizzle-orm";
import { traceAssessments, traceSpans } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { Assessment, TraceInfo } from "./contract.ts";
import { loadTraces } from "./load-traces.ts";
import { noAssessment, noTrace, thisAssessment, toAssessment } from "./rows.ts";

type SpanRow = typeof traceSpans.$inferSelect;

/** Traces of the caller's workspace in the order of their ids; those that are not there are left out. */
export async function listTraceInfos(ctx: Context, ids: readonly string[]): Promise<TraceInfo[]> {
  permit(ctx, "listTraceInfos");
  return loadTraces(ctx, ids);
}

/** Returns the properties of a trace except its spans. @throws DomainError "not-found" */
export async function getTraceInfo(ctx: Context, id: string): Promise<TraceInfo> {
  permit(ctx, "getTraceInfo");
  const [trace] = await loadTraces(ctx, [id]);
  if (!trace) throw noTrace(id);
  return trace;
}

/** Spans of traces of the caller's workspace by trace, each trace's by their start. */
export async function listSpans(ctx: Context, traceIds: readonly string[]): Promise<Map<string, SpanRow[]>> {
  permit(ctx, "listSpans");
  const rows = await ctx.db
    .select()
    .from(traceSpans)
    .where(
      and(
        eq(traceSpans.workspaceId, ctx.actor.workspaceId),
        sql`${traceSpans.traceId} = any(${sql.param([...traceIds])})`,
      ),
    )
    .orderBy(asc(traceSpans.startedAtNanoseconds), asc(traceSpans.id));
  return Map.groupBy(rows, ({ traceId }) => traceId);
}

/** Returns one assessment of a trace. @throws DomainError "not-found" */
export async function getAssessment(
  ctx: Context,
  { traceId, assessmentId: id }: { traceId: string; assessmentId: string },
): Promise<Assessment> {
  permit(ctx, "getAssessment");
  const [row] = await ctx.db.select().from(traceAssessments).where(thisAssessment(ctx, { traceId, id }));
  if (!row) throw noAssessment({ traceId, id });
  return toAssessment(row);
}
