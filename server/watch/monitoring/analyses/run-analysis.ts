import { monitoringAnalyses } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { UnreadableFile } from "#server/develop/datasets/rows/rows.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { VersionLeaser } from "#server/serve/model-runs/with-leased-version.ts";
import { runConsistency } from "../quality/consistency/run-consistency.ts";
import { runSkew } from "../quality/skew/run-skew.ts";
import { classifyRows } from "./classify-rows.ts";
import { compareFiles } from "./compare-files.ts";
import { compareRows } from "./compare-rows.ts";
import { AnalysisQuestion, type AnalysisResult } from "./contract.ts";
import { isUnmade } from "./lookups.ts";

/** Dependencies of analyses: the store that they read, and the leaser whose versions they run. */
export interface AnalysisDependencies {
  artifacts: ArtifactStore;
  models: VersionLeaser;
}

/** Reports progress from time to time, from 0 to 1. */
export type OnProgress = (progress: number) => Promise<void>;

/**
 * Runs a requested analysis, or records why its rows are insufficient. A repeated run, even after a crash, starts from the beginning; for
 * a finished analysis it does nothing. Problems with the rows are an outcome; any other failure is thrown, to be retried.
 */
export async function runAnalysis(ctx: Context, analysisId: string, deps: AnalysisDependencies): Promise<void> {
  permit(ctx, "runAnalysis");
  const [row] = await ctx.db
    .update(monitoringAnalyses)
    .set({ state: "running", progress: 0 })
    .where(isUnmade(ctx, analysisId))
    .returning();
  if (!row) return;
  const topicId = row.endpointId ?? row.id;
  const reportProgress: OnProgress = async (progress) => {
    await ctx.db.update(monitoringAnalyses).set({ progress }).where(isUnmade(ctx, analysisId));
    await publish(ctx, "monitoring", topicId);
  };
  const outcome = await run(ctx, AnalysisQuestion.parse(row.question), deps, reportProgress);
  const end = "problem" in outcome ? { state: "failed" as const, ...outcome } : { state: "done" as const, ...outcome };
  await ctx.db
    .update(monitoringAnalyses)
    .set({ ...end, progress: 1, finishedAt: new Date() })
    .where(isUnmade(ctx, analysisId));
  await publish(ctx, "monitoring", topicId);
}

async function run(
  ctx: Context,
  question: AnalysisQuestion,
  deps: AnalysisDependencies,
  onProgress: OnProgress,
): Promise<{ result: AnalysisResult } | { problem: string }> {
  try {
    return { result: await respond(ctx, question, deps, onProgress) };
  } catch (error) {
    if (error instanceof UnreadableFile) return { problem: error.message };
    if (!(error instanceof DomainError) || error.code === "unavailable") throw error;
    return { problem: error.message };
  }
}

async function respond(
  ctx: Context,
  question: AnalysisQuestion,
  { artifacts, models }: AnalysisDependencies,
  onProgress: OnProgress,
): Promise<AnalysisResult> {
  switch (question.kind) {
    case "batch":
      return compareFiles(ctx, question, artifacts, onProgress);
    case "domain-classifier":
      return classifyRows(ctx, question, artifacts, onProgress);
    case "compatible-scores":
      return compareRows(ctx, question, artifacts, onProgress);
    case "consistency":
      return { kind: "consistency", consistency: await runConsistency(ctx, models, question.consistency, onProgress) };
    case "skew":
      return { kind: "skew", skew: await runSkew(ctx, artifacts, question.skew) };
  }
}
