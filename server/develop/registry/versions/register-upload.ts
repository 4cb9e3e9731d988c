import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { registeredModels } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { announceUpload, endUpload } from "#server/platform/artifacts/announce-upload.ts";
import { artifactKey } from "#server/platform/artifacts/artifact-key.ts";
import { receiveFile } from "#server/platform/artifacts/receive-file.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { record } from "#server/platform/audit/record.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { ownerOf } from "../models/owner-of.ts";
import { pipelineColumns } from "../pipeline/digest.ts";
import { pinPipeline } from "../pipeline/pin-pipeline.ts";
import { refuseMisfit } from "../pipeline/refuse-misfit.ts";
import type { ModelIntake } from "../source/model-intake.ts";
import { addVersion } from "./add-version.ts";
import { type ModelVersion, RegisterUpload } from "./contract.ts";
import { loadVersion } from "./rows.ts";

/**
 * Registers an uploaded ONNX file as a version that can be deployed immediately; the model is created if it does not exist. The file is
 * inspected before anything is registered, and stored under its digest, so that identical files are stored once.
 * @throws DomainError "invalid" with the problem of the file or its pipeline, "too-large".
 */
export async function registerUpload(
  ctx: Context,
  input: RegisterUpload,
  body: Readable,
  intake: ModelIntake,
): Promise<ModelVersion> {
  permit(ctx, "registerUpload");
  const { name, description, tags, pipeline: given } = RegisterUpload.parse(input);
  const folder = await mkdtemp(join(tmpdir(), "leeway-upload-"));
  try {
    const path = join(folder, "model.onnx");
    await receiveFile(body, path, intake.maxBytes);
    const described = await intake.describeModel({ workspaceId: ctx.actor.workspaceId, path, isAlone: true });
    const pipeline = await pinPipeline(ctx, given, described.signature);
    if (pipeline) refuseMisfit(pipeline, described.signature);
    // A folder, as MLflow's clients expect of a version.
    const folderSegments = ["models", described.sha256];
    const key = artifactKey(ctx.actor.workspaceId, [...folderSegments, "model.onnx"]);
    const location = `mlflow-artifacts:/${folderSegments.join("/")}`;
    // The same file may be about to be deleted: the upload is announced before its existence is checked.
    const upload = await transact(ctx, (ctx) => announceUpload(ctx, key));
    await storeOnce(intake.artifacts, key, path);
    return await transact(ctx, async (ctx) => {
      await endUpload(ctx, upload, described);
      await makeModel(ctx, name);
      const { version } = await addVersion(
        ctx,
        name,
        {
          ...described,
          ...pipelineColumns(pipeline),
          description,
          source: location,
          storageLocation: location,
          artifactKey: key,
          inspection: "servable",
          inspectedAt: new Date(),
        },
        tags,
      );
      return loadVersion(ctx, { name, version });
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function storeOnce(artifacts: ArtifactStore, key: string, path: string): Promise<void> {
  const isStored = await artifacts.stat(key).then(
    () => true,
    (error: unknown) => {
      if (error instanceof DomainError && error.code === "not-found") return false;
      throw error;
    },
  );
  if (!isStored) await artifacts.put(key, createReadStream(path));
}

async function makeModel(ctx: Context, name: string): Promise<void> {
  const now = Date.now();
  const [made] = await ctx.db
    .insert(registeredModels)
    .values({ workspaceId: ctx.actor.workspaceId, name, ...(await ownerOf(ctx)), createdAt: now, updatedAt: now })
    .onConflictDoNothing()
    .returning();
  if (made) await record(ctx, "model.created", { subject: `model/${name}` });
}
