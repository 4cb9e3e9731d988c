import { and, eq, or, sql } from "drizzle-orm";
import { artifactFiles } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";

export interface StoredFile {
  sizeBytes: number;
  /** Hex; null when the bytes did not pass through Leeway. */
  sha256: string | null;
  /** Id of a multipart upload. */
  storeUploadId?: string;
}

/** Records the file stored under a key, with its author. A replaced file replaces its row. */
export async function recordFile(
  ctx: Context,
  key: string,
  { sizeBytes, sha256, storeUploadId }: StoredFile,
): Promise<void> {
  const { workspaceId, name: storedBy } = ctx.actor;
  const file = { sizeBytes, sha256, storeUploadId: storeUploadId ?? null, storedBy };
  await ctx.db
    .insert(artifactFiles)
    .values({ key, workspaceId, ...file })
    .onConflictDoUpdate({
      target: artifactFiles.key,
      set: { ...file, storedAt: sql`now()` },
    });
}

/** Deletes the records of the files stored under a key, or in the folder with that name. */
export async function evictFiles(ctx: Context, key: string): Promise<void> {
  const bytes = sql`${artifactFiles.key} collate "C"`;
  // "0" follows "/" in byte order: the range contains exactly the folder's contents.
  const isInside = and(sql`${bytes} >= ${`${key}/`}`, sql`${bytes} < ${`${key}0`}`);
  await ctx.db.delete(artifactFiles).where(or(eq(artifactFiles.key, key), isInside));
}
