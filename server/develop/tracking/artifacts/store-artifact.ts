import type { Readable } from "node:stream";
import { loggedModels, runs } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { noteLock } from "#server/base/lock-order.ts";
import { bounded, tooLarge } from "#server/platform/artifacts/receive-file.ts";
import { recordFile } from "#server/platform/artifacts/record-file.ts";
import { replaceFiles } from "#server/platform/artifacts/replace-files.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { thisLoggedModel } from "../models/lock-logged-model.ts";
import { announceRun } from "../runs/announce-run.ts";
import { thisRun } from "../runs/lock-run.ts";
import { holdToken } from "../runs/own-run.ts";
import { type Location, locateArtifact } from "./locate.ts";
import { refuseSealedFile } from "./sealed-files.ts";

/**
 * Stores a file of a run or logged model, replacing an older one.
 * @param input.path below mlflow-artifacts:/, percent-decoded once.
 * @param input.announcedBytes what the sender says the body has: one that is too large is refused before it is sent.
 * @throws DomainError "invalid", also for a file of a registered version; "not-found", "too-large"
 */
export async function storeArtifact(
  ctx: Context,
  store: ArtifactStore,
  input: { path: string; body: Readable; announcedBytes?: number | undefined; maxBytes: number },
): Promise<void> {
  permit(ctx, "storeArtifact");
  if ((input.announcedBytes ?? 0) > input.maxBytes) throw tooLarge(input.maxBytes);
  const location = await locateActive(ctx, input.path);
  await refuseSealedFile(ctx, store, location);
  // The file may have arrived for an hour, in which a version of its folder was registered, or its run deleted.
  await store.put(location.key, bounded(input.body, input.maxBytes), (stored, replace) =>
    replaceFiles(ctx, async (ctx) => {
      await holdToken(ctx);
      await holdOwner(ctx, location);
      await refuseSealedFile(ctx, store, await locateActive(ctx, input.path));
      await replace();
      await recordFile(ctx, location.key, stored);
    }),
  );
  if (location.runId) announceRun(ctx, location.runId);
}

/**
 * Locks the run or logged model of a file until the transaction ends, so that a purge waits for the file and removes it too: otherwise it would
 * be stored after everything else of its owner is gone, and belong to nothing.
 */
async function holdOwner(ctx: Context, { runId, modelId }: Location): Promise<void> {
  if (runId) {
    noteLock(ctx, "run");
    await ctx.db.select({ id: runs.id }).from(runs).where(thisRun(ctx, runId)).for("key share");
  } else if (modelId) {
    noteLock(ctx, "logged model");
    const isOwner = thisLoggedModel(ctx, modelId);
    await ctx.db.select({ id: loggedModels.id }).from(loggedModels).where(isOwner).for("key share");
  }
}

/** Finds where a path leads, for a change. @throws DomainError "invalid" when the run or model is deleted, or the file is sealed. */
export async function locateActive(ctx: Context, path: string): Promise<Location> {
  const location = await locateArtifact(ctx, path);
  if (location.isSealed) {
    throw new DomainError("invalid", "Files of a registered version are immutable. Upload a new version.");
  }
  if (location.isDeleted) {
    const what = location.runId ? `run ${location.runId}` : `logged model ${location.modelId}`;
    throw new DomainError("invalid", `The ${what} must be in the 'active' state. Current state is deleted.`);
  }
  return location;
}
