import { and, eq } from "drizzle-orm";
import { loggedModelTags } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { touchLoggedModel } from "#server/develop/tracking/models/lock-logged-model.ts";
import { storeLoggedModelTags } from "#server/develop/tracking/models/store-tags.ts";
import { lockToRefer } from "#server/platform/artifacts/reference-lock.ts";
import { once } from "#server/platform/idempotency/once.ts";
import { enqueue } from "#server/platform/jobs/queue.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { pipelineColumns } from "../pipeline/digest.ts";
import { pinPipeline } from "../pipeline/pin-pipeline.ts";
import { findLoggedModel, resolveSource } from "../source/resolve-source.ts";
import { addVersion } from "./add-version.ts";
import { CreateModelVersion, type ModelVersion } from "./contract.ts";
import { loadVersion } from "./rows.ts";
import { withVersion } from "./versions-tag.ts";

/**
 * Registers a version of an existing model from the location of its files. A job inspects them afterwards: the version is "pending"
 * until then.
 * @param idempotencyKey makes a repeated request return the first response again instead of creating a second version.
 * @throws DomainError "not-found" for the model or what the source names, "invalid" for a source that is not allowed.
 */
export async function createModelVersion(
  ctx: Context,
  input: CreateModelVersion,
  idempotencyKey?: string,
): Promise<ModelVersion> {
  permit(ctx, "createModelVersion");
  return once(ctx, "createModelVersion", idempotencyKey, input, (ctx) => add(ctx, input));
}

async function add(ctx: Context, input: CreateModelVersion): Promise<ModelVersion> {
  const { name, loggedModelId, tags, pipeline, ...rest } = CreateModelVersion.parse(input);
  return transact(ctx, async (ctx) => {
    await lockToRefer(ctx);
    const origin = await resolveSource(ctx, rest.source);
    const made = loggedModelId ? (await findLoggedModel(ctx, loggedModelId)).id : origin.loggedModelId;
    const { id, version } = await addVersion(
      ctx,
      name,
      {
        ...rest,
        ...pipelineColumns(await pinPipeline(ctx, pipeline, null)),
        runId: rest.runId || origin.runId,
        storageLocation: origin.storageLocation,
        loggedModelId: made,
      },
      tags,
    );
    if (made && (loggedModelId || origin.isLoggedModel)) await tagLoggedModel(ctx, made, { name, version });
    await enqueue(ctx, "inspect-version", { versionId: id });
    return loadVersion(ctx, { name, version });
  });
}

/** MLflow's tag on a logged model with the list of versions created from it. */
const versionsTag = "mlflow.modelVersions";

/** Records on a logged model that a version was created from it, in the caller's transaction. @throws DomainError "not-found" */
async function tagLoggedModel(
  ctx: Context,
  loggedModelId: string,
  made: { name: string; version: number },
): Promise<void> {
  // Locks the model, so that concurrent registrations do not overwrite each other.
  await touchLoggedModel(ctx, loggedModelId);
  const [tag] = await ctx.db
    .select({ value: loggedModelTags.value })
    .from(loggedModelTags)
    .where(and(eq(loggedModelTags.modelId, loggedModelId), eq(loggedModelTags.key, versionsTag)));
  await storeLoggedModelTags(ctx, loggedModelId, [{ key: versionsTag, value: withVersion(tag?.value, made) }]);
}
