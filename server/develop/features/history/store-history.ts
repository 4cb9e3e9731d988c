import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { type Context, transact } from "#server/base/context.ts";
import { announceUpload, discardUpload, type Upload } from "#server/platform/artifacts/announce-upload.ts";
import { artifactKey } from "#server/platform/artifacts/artifact-key.ts";
import { releaseArtifacts } from "#server/platform/artifacts/release-artifacts.ts";
import type { ArtifactStore, StoredBytes } from "#server/platform/artifacts/store.ts";
import { literal } from "../offline/engine/sql-text.ts";
import { keyColumn } from "./history-columns.ts";

/** A file of history that is stored, and that nothing lists yet. */
export interface StoredHistory {
  id: string;
  upload: Upload;
  bytes: StoredBytes;
}

/** Writes a statement that writes rows of history to a Parquet file, by key, then event time, then the order of writing. */
export function writeHistory(query: string, joinKeys: readonly string[], path: string): string {
  const order = [...joinKeys.map(keyColumn), "event", "sequence"].join(", ");
  return `COPY (${query} ORDER BY ${order}) TO ${literal(path)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)`;
}

/** Stores a file of history. Until the transaction that lists it ends its upload, or a day has passed, its key counts as used. */
export async function storeHistory(
  ctx: Context,
  viewId: string,
  path: string,
  artifacts: ArtifactStore,
): Promise<StoredHistory> {
  const id = randomUUID();
  const key = artifactKey(ctx.actor.workspaceId, [...historyFolder(viewId, id), "rows.parquet"]);
  const upload = await transact(ctx, (ctx) => announceUpload(ctx, key));
  return { id, upload, bytes: await artifacts.put(key, createReadStream(path)) };
}

/** Releases stored files that are not needed after all. */
export async function discardHistory(ctx: Context, viewId: string, files: readonly StoredHistory[]): Promise<void> {
  await transact(ctx, async (ctx) => {
    for (const { upload } of files) await discardUpload(ctx, upload.id);
    await releaseArtifacts(
      ctx,
      files.map(({ id }) => historyFolder(viewId, id).join("/")),
    );
  });
}

/** Segments of the folder of a file, which it has to itself. */
export function historyFolder(viewId: string, fileId: string): string[] {
  return ["features", viewId, fileId];
}
