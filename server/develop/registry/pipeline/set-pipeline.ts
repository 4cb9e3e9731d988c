import { eq } from "drizzle-orm";
import { modelVersions } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { noteLock } from "#server/base/lock-order.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findVersion } from "../lookups.ts";
import { SetPipeline, type VersionPipeline } from "./contract.ts";
import { pipelineColumns } from "./digest.ts";
import { noteVersionFeatures } from "./note-version-features.ts";
import { pinPipeline } from "./pin-pipeline.ts";
import { firstDeployment, loadPipeline } from "./queries.ts";
import { refuseMisfit } from "./refuse-misfit.ts";

/**
 * Sets, replaces or removes the pipeline of a version. Allowed only before its first deployment: otherwise one version would have
 * predictions from two pipelines.
 * Features that it looks up are pinned to the current versions of their views.
 * @throws DomainError "not-found"; "invalid" with every step that does not fit the model; "conflict" once it was deployed
 */
export async function setPipeline(ctx: Context, input: SetPipeline): Promise<VersionPipeline> {
  permit(ctx, "setPipeline");
  const { pipeline: given, ...key } = SetPipeline.parse(input);
  return transact(ctx, async (ctx) => {
    const version = await findVersion(ctx, key);
    noteLock(ctx, "model version");
    // A deployment refers to its version, so it waits for this lock, or this for it.
    await ctx.db
      .select({ id: modelVersions.id })
      .from(modelVersions)
      .where(eq(modelVersions.id, version.id))
      .for("update");
    const deployedAt = await firstDeployment(ctx, version.id);
    if (deployedAt) {
      throw new DomainError(
        "conflict",
        `Version ${key.version} of ${key.name} was deployed on ${deployedAt.toISOString().slice(0, 10)}, so its pipeline is locked. Register a new version with the new pipeline.`,
      );
    }
    const pipeline = await pinPipeline(ctx, given, version.signature);
    if (pipeline && version.signature) refuseMisfit(pipeline, version.signature);
    const columns = pipelineColumns(pipeline);
    await ctx.db
      .update(modelVersions)
      .set({ ...columns, updatedAt: Date.now() })
      .where(eq(modelVersions.id, version.id));
    await noteVersionFeatures(ctx, { ...key, id: version.id, pipeline });
    await record(ctx, "version.pipeline_set", {
      subject: `version/${key.name}/${key.version}`,
      before: { digest: version.pipelineDigest },
      after: { digest: columns.pipelineDigest },
    });
    await publish(ctx, "model", version.modelId);
    return loadPipeline(ctx, key);
  });
}
