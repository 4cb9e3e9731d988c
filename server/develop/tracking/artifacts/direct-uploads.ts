import { and, eq, gt, sql } from "drizzle-orm";
import { artifactFiles, artifactUploads } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { announceUpload, discardUpload, endUpload, type Upload } from "#server/platform/artifacts/announce-upload.ts";
import { replaceFiles } from "#server/platform/artifacts/replace-files.ts";
import type { ArtifactStore, DirectTransfers } from "#server/platform/artifacts/store.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { announceRun } from "../runs/announce-run.ts";
import { holdToken } from "../runs/own-run.ts";
import type { CompleteUpload, StartedUpload, StartUpload } from "./contract.ts";
import { refuseSealedFile } from "./sealed-files.ts";
import { locateActive } from "./store-artifact.ts";

/**
 * Starts an upload whose parts the client sends to the bucket directly. The file's key counts as used until the upload ends; one that
 * never ends is aborted after a day, and its parts are deleted.
 * @throws DomainError "invalid", also for a file of a registered version or where there is no bucket; "not-found"
 */
export async function startUpload(ctx: Context, store: ArtifactStore, input: StartUpload): Promise<StartedUpload> {
  permit(ctx, "startUpload");
  const location = await locateActive(ctx, input.path);
  await refuseSealedFile(ctx, store, location);
  const upload = await transfersOf(store).startUpload(location.key, input.parts);
  await transact(ctx, async (ctx) => {
    await holdToken(ctx);
    await announceUpload(ctx, location.key, upload.uploadId);
  });
  return upload;
}

/**
 * Completes an upload: its parts become the file. Until then the file does not exist, or is the older one. Succeeds when repeated for
 * a completed upload, because the response was lost or a process died before it stored the completion.
 * @throws DomainError "invalid" when parts are missing, "too-large", "not-found" for an upload that was aborted or never started
 */
export async function completeUpload(ctx: Context, store: ArtifactStore, input: CompleteUpload): Promise<void> {
  permit(ctx, "completeUpload");
  const location = await locateActive(ctx, input.path);
  const { uploadId: storeUploadId, sent, maxBytes } = input;
  if (await isComplete(ctx, location.key, storeUploadId)) return;
  const upload = await findUpload(ctx, location.key, storeUploadId);
  const started = { uploadId: storeUploadId, startedAt: upload.startedAt };
  await replaceFiles(ctx, async (ctx) => {
    await holdToken(ctx);
    await refuseSealedFile(ctx, store, await locateActive(ctx, input.path));
    const { sizeBytes } = await transfersOf(store).complete(location.key, started, sent, maxBytes);
    await endUpload(ctx, upload, { sizeBytes, sha256: null, storeUploadId });
  });
  if (location.runId) announceRun(ctx, location.runId);
}

/** Aborts an upload and deletes its parts. Does nothing for one that has ended already. */
export async function abortUpload(
  ctx: Context,
  store: ArtifactStore,
  input: Pick<CompleteUpload, "path" | "uploadId">,
): Promise<void> {
  permit(ctx, "abortUpload");
  const { key } = await locateActive(ctx, input.path);
  const upload = await findUpload(ctx, key, input.uploadId).catch((error: unknown) => {
    if (error instanceof DomainError && error.code === "not-found") return undefined;
    throw error;
  });
  if (!upload) return;
  await transfersOf(store).abort(key, input.uploadId);
  await discardUpload(ctx, upload.id);
}

/** Returns the functions for direct transfers by clients. @throws DomainError "invalid" where artifacts are in a folder. */
export function transfersOf(store: ArtifactStore): DirectTransfers {
  if (store.parts) return store.parts;
  throw new DomainError("invalid", "Direct uploads require a bucket. Upload and download files through Leeway.");
}

async function isComplete(ctx: Context, key: string, uploadId: string): Promise<boolean> {
  const ofUpload = and(eq(artifactFiles.key, key), eq(artifactFiles.storeUploadId, uploadId));
  const [file] = await ctx.db
    .select({ key: artifactFiles.key })
    .from(artifactFiles)
    .where(and(eq(artifactFiles.workspaceId, ctx.actor.workspaceId), ofUpload));
  return file !== undefined;
}

async function findUpload(ctx: Context, key: string, uploadId: string): Promise<Upload & { startedAt: Date }> {
  const [upload] = await ctx.db
    .select({ id: artifactUploads.id, key: artifactUploads.key, startedAt: artifactUploads.startedAt })
    .from(artifactUploads)
    .where(
      and(
        eq(artifactUploads.workspaceId, ctx.actor.workspaceId),
        eq(artifactUploads.key, key),
        eq(artifactUploads.storeUploadId, uploadId),
        gt(artifactUploads.expiresAt, sql`now()`),
      ),
    );
  if (!upload) throw new DomainError("not-found", "Upload not found or already finished. Start it again.");
  return upload;
}
