import { and, eq } from "drizzle-orm";
import { modelVersions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { loadDefinitions } from "#server/develop/features/definitions/definitions.ts";
import { pinnedProblems } from "#server/develop/features/pinned/plan-pinned.ts";
import type { Signature } from "../onnx/contract.ts";
import { featuresOfPipeline, type Pipeline } from "./definition.ts";
import { planPipeline } from "./plan.ts";

/** Refuses a pipeline that does not lead to what the model takes. @throws DomainError "invalid" with every problem */
export function refuseMisfit(pipeline: Pipeline, signature: Signature): void {
  const { problems } = planPipeline(pipeline, signature);
  if (problems.length > 0)
    throw new DomainError("invalid", `The pipeline does not match the model signature. ${problems.join(" ")}`);
}

/**
 * Rejects a version whose pipeline was written before its file was inspected, and does not fit it, and one whose features are no longer there.
 * @throws DomainError "conflict"
 */
export async function refuseMisfitOf(ctx: Context, versionId: string): Promise<void> {
  const { pipeline, signature } = modelVersions;
  const [version] = await ctx.db
    .select({ pipeline, signature })
    .from(modelVersions)
    .where(and(eq(modelVersions.workspaceId, ctx.actor.workspaceId), eq(modelVersions.id, versionId)));
  if (!version?.pipeline || !version.signature) return;
  const missing = await problemsOfFeatures(ctx, version.pipeline);
  if (missing.length > 0) {
    throw new DomainError("conflict", `The version's features cannot be looked up. ${missing.join(" ")}`);
  }
  const { problems } = planPipeline(version.pipeline, version.signature);
  if (problems.length === 0) return;
  throw new DomainError(
    "conflict",
    `The version's pipeline does not match its model signature; fix it first. ${problems.join(" ")}`,
  );
}

/** Returns why features of a pipeline cannot be looked up by the definitions of the workspace. Empty when they can, and when it has none. */
export async function problemsOfFeatures(ctx: Context, pipeline: Pipeline | null): Promise<string[]> {
  const [pinned] = featuresOfPipeline(pipeline);
  return pinned ? pinnedProblems(await loadDefinitions(ctx.db, ctx.actor.workspaceId), pinned) : [];
}
