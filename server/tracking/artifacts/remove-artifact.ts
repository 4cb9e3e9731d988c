import type { ArtifactStore } from "#server/artifacts/store.ts";
import { record } from "#server/audit/record.ts";
import type { Context } from "#server/context.ts";
import { permit } from "#server/identity/permit.ts";
import { announceRun } from "../runs/announce-run.ts";
import { locateActive } from "./store-artifact.ts";

/** Removes a file, or a folder with all that is in it. Missing is fine. */
export async function removeArtifact(ctx: Context, store: ArtifactStore, path: string): Promise<void> {
  permit(ctx, "removeArtifact");
  const { key, runId } = await locateActive(ctx, path);
  // Written first: a removal that nobody can account for is worse than an entry for one that failed.
  await record(ctx, "artifact.removed", { subject: `artifact/${path}` });
  await store.remove(key);
  if (runId) announceRun(ctx, runId);
}
