import type { Context } from "#server/base/context.ts";
import { evictFiles } from "#server/platform/artifacts/record-file.ts";
import { replaceFiles } from "#server/platform/artifacts/replace-files.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { record } from "#server/platform/audit/record.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { announceRun } from "../runs/announce-run.ts";
import { refuseSealedFolder } from "./sealed-files.ts";
import { locateActive } from "./store-artifact.ts";

/** Removes a file, or a folder with all that is in it. Missing is fine. @throws DomainError "invalid" for files of a registered version. */
export async function removeArtifact(ctx: Context, store: ArtifactStore, path: string): Promise<void> {
  permit(ctx, "removeArtifact");
  const location = await locateActive(ctx, path);
  await refuseSealedFolder(ctx, location);
  const { key, runId } = location;
  // Recorded first: an unaccounted removal is worse than an entry for one that failed.
  await record(ctx, "artifact.removed", { subject: `artifact/${path}` });
  await replaceFiles(ctx, async (ctx) => {
    await refuseSealedFolder(ctx, await locateActive(ctx, path));
    await store.remove(key);
    await evictFiles(ctx, key);
  });
  if (runId) announceRun(ctx, runId);
}
