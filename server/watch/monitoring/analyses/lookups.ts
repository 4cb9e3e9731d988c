import { and, desc, eq, inArray, type SQL } from "drizzle-orm";
import { monitoringAnalyses } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { Analysis, AnalysisQuestion, AnalysisResult } from "./contract.ts";

/** Returns the condition for an unfinished analysis in this workspace. */
export function isUnmade(ctx: Context, analysisId: string): SQL | undefined {
  return and(
    eq(monitoringAnalyses.id, analysisId),
    eq(monitoringAnalyses.workspaceId, ctx.actor.workspaceId),
    inArray(monitoringAnalyses.state, ["waiting", "running"]),
  );
}

/** Analyses of this workspace, newest first. */
export async function selectAnalyses(ctx: Context, where: SQL | undefined, limit: number): Promise<Analysis[]> {
  const rows = await ctx.db
    .select()
    .from(monitoringAnalyses)
    .where(and(eq(monitoringAnalyses.workspaceId, ctx.actor.workspaceId), where))
    .orderBy(desc(monitoringAnalyses.createdAt), desc(monitoringAnalyses.id))
    .limit(limit);
  return rows.map(({ workspaceId, kind, question, result, ...rest }) =>
    Analysis.parse({
      ...rest,
      question: AnalysisQuestion.parse(question),
      result: result === null ? null : AnalysisResult.parse(result),
    }),
  );
}
