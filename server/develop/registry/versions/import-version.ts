import type { Context } from "#server/base/context.ts";
import { lockToRefer } from "#server/platform/artifacts/reference-lock.ts";
import { enqueue } from "#server/platform/jobs/queue.ts";
import { pipelineColumns } from "../pipeline/digest.ts";
import { pinImported } from "../pipeline/pin-pipeline.ts";
import { resolveSource } from "../source/resolve-source.ts";
import { addVersion } from "./add-version.ts";
import { CreateModelVersion, type ModelVersion, type Stage } from "./contract.ts";
import { loadVersion } from "./rows.ts";

/**
 * Registers a version that was created elsewhere, in the caller's transaction, with its number while that is free, its author and its
 * time. Its files are inspected afterwards, as with any other version.
 * @throws DomainError "not-found" for the model or what the source names, "invalid" for a source that is not allowed.
 */
export async function importVersion(
  ctx: Context,
  input: CreateModelVersion,
  origin: { number: number; userName: string; createdAt: number; stage: Stage },
): Promise<ModelVersion> {
  const { name, loggedModelId, tags, pipeline, ...rest } = CreateModelVersion.parse(input);
  await lockToRefer(ctx);
  const source = await resolveSource(ctx, rest.source);
  const { id, version } = await addVersion(
    ctx,
    name,
    {
      ...rest,
      ...origin,
      ...pipelineColumns(await pinImported(ctx, pipeline)),
      runId: rest.runId || source.runId,
      storageLocation: source.storageLocation,
      loggedModelId: loggedModelId ?? source.loggedModelId,
    },
    tags,
  );
  await enqueue(ctx, "inspect-version", { versionId: id });
  return loadVersion(ctx, { name, version });
}
