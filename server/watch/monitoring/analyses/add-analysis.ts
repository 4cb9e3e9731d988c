import { monitoringAnalyses } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { enqueue } from "#server/platform/jobs/queue.ts";
import { AnalysisQuestion } from "./contract.ts";

/** Stores a requested analysis, and enqueues the job that runs it. Within a transaction. @returns its id */
export async function addAnalysis(
  ctx: Context,
  { endpointId, question: given }: { endpointId: string | null; question: (typeof AnalysisQuestion)["_input"] },
): Promise<string> {
  const question = AnalysisQuestion.parse(given);
  const { workspaceId, name: createdBy } = ctx.actor;
  const [row] = await ctx.db
    .insert(monitoringAnalyses)
    .values({ workspaceId, endpointId, kind: question.kind, question, createdBy })
    .returning({ id: monitoringAnalyses.id });
  if (!row) throw new Error("The analysis was not stored.");
  await record(ctx, "analysis.requested", { subject: `analysis/${row.id}`, after: { question } });
  await enqueue(ctx, "run-analysis", { analysisId: row.id });
  await publish(ctx, "monitoring", endpointId ?? row.id);
  return row.id;
}
