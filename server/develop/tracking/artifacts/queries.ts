import type { Readable } from "node:stream";
import type { Context } from "#server/base/context.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { ArtifactFile } from "./contract.ts";
import { transfersOf } from "./direct-uploads.ts";
import { locateArtifact } from "./locate.ts";

/** A file that is ready to be read. */
export interface OpenableArtifact {
  name: string;
  sizeBytes: number;
  etag: string;
  /** Opens it, or bytes `start` to `end` (inclusive) of it. */
  open(range?: { start: number; end: number }): Promise<Readable>;
}

/**
 * Finds a file of a run or logged model; deleted ones can be read.
 * @param path below mlflow-artifacts:/. @throws DomainError "invalid", "not-found"; a folder is not found.
 */
export async function openArtifact(ctx: Context, store: ArtifactStore, path: string): Promise<OpenableArtifact> {
  permit(ctx, "openArtifact");
  const { key } = await locateArtifact(ctx, path);
  const info = await store.stat(key);
  return { ...info, name: key.slice(key.lastIndexOf("/") + 1), open: (range) => store.open(key, range) };
}

/** Lists files and folders directly under a folder of a run or logged model, by name; none for a file or a missing path. */
export async function listArtifacts(ctx: Context, store: ArtifactStore, path: string): Promise<ArtifactFile[]> {
  permit(ctx, "listArtifacts");
  const { key } = await locateArtifact(ctx, path);
  return store.list(key);
}

/**
 * Returns a URL that reads a file directly from the bucket, valid for an hour.
 * @throws DomainError "not-found", "invalid" without a bucket
 */
export async function getDownloadUrl(
  ctx: Context,
  store: ArtifactStore,
  path: string,
): Promise<{ url: string; sizeBytes: number }> {
  permit(ctx, "getDownloadUrl");
  const { key } = await locateArtifact(ctx, path);
  return transfersOf(store).downloadUrl(key);
}
