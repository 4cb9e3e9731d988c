import { and, eq, gt, sql } from "drizzle-orm";
import { artifactUploads } from "#db/schema/index.ts";
import { announceUpload, endUpload, type Upload } from "#server/artifacts/announce-upload.ts";
import type { ArtifactStore, DirectTransfers } from "#server/artifacts/store.ts";
import { type Context, transact } from "#server/context.ts";
import { DomainError } from "#server/errors.ts";
import { permit } from "#server/identity/permit.ts";
import { announceRun } from "../runs/announce-run.ts";
import type { BeginUpload, CompleteUpload, StartedUpload } from "./contract.ts";
import { refuseSealedFile } from "./sealed-files.ts";
import { locateActive } from "./store-artifact.ts";

/**
 * Begins an upload whose parts the client sends to the bucket itself. The file's key counts as used until the upload ends; one that
 * never does is given up after a day, with its parts.
 * @throws DomainError "invalid", also for a file of a registered version or where there is no bucket; "not-found"
 */
export async function beginUpload(ctx: Context, store: ArtifactStore, input: BeginUpload): Promise<StartedUpload> {
  permit(ctx, "beginUpload");
  const location = await locateActive(ctx, input.path);
  await refuseSealedFile(ctx, store, location);
  const upload = await transfersOf(store).begin(location.key, input.parts);
  await transact(ctx, (ctx) => announceUpload(ctx, location.key, upload.uploadId));
  return upload;
}

/**
 * Makes the parts of an upload the file. Nothing is there, or the older file, until all of it is.
 * @throws DomainError "invalid" when parts are missing, "too-large", "not-found" for an upload that has ended or never began
 */
export async function completeUpload(ctx: Context, store: ArtifactStore, input: CompleteUpload): Promise<void> {
  permit(ctx, "completeUpload");
  const location = await locateActive(ctx, input.path);
  const upload = await findUpload(ctx, location.key, input.uploadId);
  await refuseSealedFile(ctx, store, location);
  const stored = await transfersOf(store).complete(location.key, input.uploadId, input.sent, input.maxBytes);
  await transact(ctx, (ctx) => endUpload(ctx, upload, { sizeBytes: stored.sizeBytes, sha256: null }));
  if (location.runId) announceRun(ctx, location.runId);
}

/** Gives up an upload and its parts. One that has ended already is fine. */
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
  await ctx.db
    .delete(artifactUploads)
    .where(and(eq(artifactUploads.id, upload.id), eq(artifactUploads.workspaceId, ctx.actor.workspaceId)));
}

/** What a client needs to transfer files itself. @throws DomainError "invalid" where artifacts are in a folder. */
export function transfersOf(store: ArtifactStore): DirectTransfers {
  if (store.parts) return store.parts;
  throw new DomainError("invalid", "Artifacts are not in a bucket here. Send and read files through Leeway.");
}

async function findUpload(ctx: Context, key: string, uploadId: string): Promise<Upload> {
  const [upload] = await ctx.db
    .select({ id: artifactUploads.id, key: artifactUploads.key })
    .from(artifactUploads)
    .where(
      and(
        eq(artifactUploads.workspaceId, ctx.actor.workspaceId),
        eq(artifactUploads.key, key),
        eq(artifactUploads.storeUploadId, uploadId),
        gt(artifactUploads.expiresAt, sql`now()`),
      ),
    );
  if (!upload) throw new DomainError("not-found", "There is no such upload under way. Begin it again.");
  return upload;
}
