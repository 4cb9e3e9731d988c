import { and, eq } from "drizzle-orm";
import { artifactUploads } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { hourMs } from "#server/base/durations.ts";
import { recordFile, type StoredFile } from "./record-file.ts";
import { referToArtifacts } from "./refer-to-artifacts.ts";

const uploadHours = 24;

export interface Upload {
  id: string;
  key: string;
}

/**
 * Announces that a file is about to be stored, in a transaction of its own: until the upload ends, or a day has passed, its key counts as
 * used.
 * @throws DomainError "unavailable" while an older file with that name is being removed.
 */
export async function announceUpload(ctx: Context, key: string, storeUploadId?: string): Promise<Upload> {
  await referToArtifacts(ctx, { storageLocation: "", artifactKey: key });
  const [row] = await ctx.db
    .insert(artifactUploads)
    .values({
      workspaceId: ctx.actor.workspaceId,
      key,
      storeUploadId,
      startedBy: ctx.actor.name,
      expiresAt: new Date(Date.now() + uploadHours * hourMs),
    })
    .returning();
  if (!row) throw new Error("The upload was not announced.");
  return row;
}

/** Ends an upload whose file is stored, in the transaction that creates a reference to it. */
export async function endUpload(ctx: Context, { id, key }: Upload, file: StoredFile): Promise<void> {
  await discardUpload(ctx, id);
  await recordFile(ctx, key, file);
}

/** Deletes an upload without a file: it was aborted, or has expired. The caller removes its parts from the bucket. */
export async function discardUpload(ctx: Context, id: string): Promise<void> {
  await ctx.db
    .delete(artifactUploads)
    .where(and(eq(artifactUploads.id, id), eq(artifactUploads.workspaceId, ctx.actor.workspaceId)));
}
