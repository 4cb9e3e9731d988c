import { Readable } from "node:stream";
import { type Context, transact } from "#server/base/context.ts";
import { announceUpload, endUpload } from "#server/platform/artifacts/announce-upload.ts";
import { artifactKey } from "#server/platform/artifacts/artifact-key.ts";
import { keepArtifacts } from "#server/platform/artifacts/keep-artifacts.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import type { ShownFile } from "../contract.ts";
import type { FileToShow } from "./shown-data.ts";

/**
 * Stores files that tasks show, by the hash of their content, so that the same picture is stored once and again after a crash is the same. The
 * prediction log forgets its copy after some days.
 * @returns what tasks refer to them by, by their hash
 */
export async function storeShownFiles(
  ctx: Context,
  store: Pick<ArtifactStore, "put">,
  files: readonly FileToShow[],
): Promise<Map<string, ShownFile>> {
  const wanted = new Map(files.map((file) => [keyOf(ctx, file), file]));
  // A picture that no task shows any more may be about to be deleted.
  const isStored = await keepArtifacts(ctx, [...wanted.keys()]);
  for (const [key, { bytes }] of wanted) {
    if (isStored.has(key)) continue;
    const upload = await transact(ctx, (ctx) => announceUpload(ctx, key));
    const file = await store.put(key, Readable.from([bytes]));
    await transact(ctx, (ctx) => endUpload(ctx, upload, file));
  }
  return new Map(
    [...wanted].map(([key, { sha256, bytes, mimeType }]) => {
      return [sha256, { artifact: key, mimeType, sizeBytes: bytes.length }];
    }),
  );
}

function keyOf(ctx: Context, { sha256, mimeType }: FileToShow): string {
  return artifactKey(ctx.actor.workspaceId, [
    "labels",
    sha256.slice(0, 2),
    `${sha256}.${mimeType.slice("image/".length)}`,
  ]);
}
