import { and, eq } from "drizzle-orm";
import { modelVersions, promotionRequests } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { tooLarge } from "#server/platform/artifacts/receive-file.ts";
import { recordedBeside } from "#server/platform/artifacts/recorded-digests.ts";
import { lockToSeal } from "#server/platform/artifacts/reference-lock.ts";
import { publish } from "#server/platform/events/publish.ts";
import { enqueue } from "#server/platform/jobs/queue.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { Signature } from "../onnx/contract.ts";
import { externalFilesOf } from "../onnx/external-files.ts";
import { enqueueChecks } from "../requests/enqueue-checks.ts";
import { declaredSignature } from "../source/declared-signature.ts";
import { readMlModel } from "../source/mlmodel.ts";
import type { ModelIntake } from "../source/model-intake.ts";
import { storageKey } from "../source/storage-key.ts";
import { findOnnxFile, readMlModelFile } from "./find-onnx-file.ts";

type Outcome = Pick<
  typeof modelVersions.$inferInsert,
  "inspection" | "inspectionMessage" | "artifactKey" | "signature" | "graph" | "sizeBytes" | "sha256"
>;

/**
 * Inspects the files of a pending version and stores whether it can be served, with its signature, or why not. Does nothing when run
 * again, or when the version was deleted. A problem with the files is a result; any other failure is thrown so that the task is
 * retried.
 */
export async function inspectVersion(ctx: Context, versionId: string, intake: ModelIntake): Promise<void> {
  permit(ctx, "inspectVersion");
  const isPending = and(
    eq(modelVersions.id, versionId),
    eq(modelVersions.workspaceId, ctx.actor.workspaceId),
    eq(modelVersions.inspection, "pending"),
  );
  const [version] = await ctx.db.select().from(modelVersions).where(isPending);
  if (!version) return;
  const outcome = await inspect(ctx, version.storageLocation, intake);
  await transact(ctx, async (ctx) => {
    // Files beside a servable version are fixed.
    await lockToSeal(ctx);
    const written = await ctx.db
      .update(modelVersions)
      .set({ ...outcome, inspectedAt: new Date() })
      .where(isPending)
      .returning({ modelId: modelVersions.modelId });
    for (const { modelId } of written) await publish(ctx, "model", modelId);
    if (written.length === 0) return;
    await enqueueChecks(ctx, eq(promotionRequests.versionId, versionId));
    if (version.runId && outcome.signature) await enqueue(ctx, "find-reference", { versionId });
  });
}

async function inspect(
  ctx: Context,
  location: string,
  { artifacts, describeModel, maxBytes }: ModelIntake,
): Promise<Outcome> {
  let root: string | undefined;
  try {
    root = await storageKey(ctx, location);
    const key = await findOnnxFile(artifacts, root);
    const { sizeBytes } = await artifacts.stat(key);
    if (sizeBytes > maxBytes) throw tooLarge(maxBytes);
    const path = await artifacts.localPath(key, externalFilesOf);
    const { workspaceId } = ctx.actor;
    const recorded = await recordedBeside(ctx, key);
    const described = await describeModel({ workspaceId, path, isAlone: false, recorded });
    return { ...described, inspection: "servable", inspectionMessage: null, artifactKey: key };
  } catch (error) {
    const isVerdict = error instanceof DomainError && (error.code === "invalid" || error.code === "too-large");
    if (!isVerdict) throw error;
    const declared = root === undefined ? undefined : await declaredBelow(artifacts, root);
    return { inspection: "unservable", inspectionMessage: error.message, signature: declared ?? null };
  }
}

/** Returns the signature that the MLmodel file of a non-ONNX model declares: another inference server may run the model. */
async function declaredBelow(artifacts: ModelIntake["artifacts"], root: string): Promise<Signature | undefined> {
  const text = await readMlModelFile(artifacts, root);
  return text === undefined || readMlModel(text).flavors.includes("onnx") ? undefined : declaredSignature(text);
}
