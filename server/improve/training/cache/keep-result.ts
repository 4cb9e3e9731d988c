import type { Readable } from "node:stream";
import { sql } from "drizzle-orm";
import { trainingCache } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { bounded } from "#server/platform/artifacts/receive-file.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { cacheFileKey } from "./cache-key.ts";
import { KeepResult } from "./contract.ts";
import { filesOf, jobOfCaller, lockOwnResult, lockResult, thisResult } from "./lock-result.ts";
import { removeUnused } from "./remove-unused.ts";

/**
 * Stores a file of a result that the program of a job makes, named by its digest.
 * @throws DomainError "invalid" for bytes with another digest; "conflict" where the job does not make it; "too-large"
 */
export async function storeResultFile(
  ctx: Context,
  { key, sha256, body }: { key: string; sha256: string; body: Readable },
  { artifacts, maxBytes }: { artifacts: Pick<ArtifactStore, "put">; maxBytes: number },
): Promise<void> {
  permit(ctx, "useTrainingCache");
  await transact(ctx, (ctx) => lockOwnResult(ctx, key));
  const target = cacheFileKey(ctx.actor.workspaceId, key, sha256);
  await artifacts.put(target, bounded(body, maxBytes), async (stored, replace) => {
    if (stored.sha256 !== sha256) {
      throw new DomainError("invalid", `The file has the SHA-256 ${stored.sha256}; ${sha256} was announced.`);
    }
    // It may have taken an hour, in which the job ended and another one took over.
    await transact(ctx, async (ctx) => {
      await lockOwnResult(ctx, key);
      await replace();
    });
  });
}

/**
 * Keeps a result whose files have been stored: from now on it is a hit. Results that were not used for the longest time go, where the cache is full.
 * @throws DomainError "conflict" where the job does not make it, or a file is missing
 */
export async function keepResult(
  ctx: Context,
  input: KeepResult,
  { artifacts, maxCacheBytes }: { artifacts: Pick<ArtifactStore, "stat" | "remove">; maxCacheBytes?: number },
): Promise<void> {
  permit(ctx, "useTrainingCache");
  const { key, files, seconds } = KeepResult.parse(input);
  await transact(ctx, (ctx) => lockOwnResult(ctx, key));
  // Outside of the transaction: what is made now is never removed.
  for (const { sha256, sizeBytes, path } of files) {
    const stored = await artifacts.stat(cacheFileKey(ctx.actor.workspaceId, key, sha256)).catch(noFile(path));
    if (stored.sizeBytes !== sizeBytes) throw noSuchFile(path);
  }
  await transact(ctx, async (ctx) => {
    await lockOwnResult(ctx, key);
    const bySha256 = new Map(files.map(({ sha256, sizeBytes }) => [sha256, sizeBytes]));
    const sizeOfAll = [...bySha256.values()].reduce((sum, size) => sum + size, 0);
    await ctx.db
      .update(trainingCache)
      .set({
        state: "done",
        output: { files },
        seconds,
        sizeBytes: sizeOfAll,
        createdAt: sql`now()`,
        usedAt: sql`now()`,
      })
      .where(thisResult(ctx, key));
  });
  await removeUnused(ctx, { artifacts, kept: key, ...(maxCacheBytes !== undefined && { maxCacheBytes }) });
}

const noSuchFile = (path: string) => new DomainError("conflict", `"${path}" was not sent.`);

const noFile = (path: string) => (error: unknown) => {
  throw error instanceof DomainError && error.code === "not-found" ? noSuchFile(path) : error;
};

/** Gives up a result that could not be made: a failure is not kept, and the next job tries. @throws DomainError "conflict" */
export async function giveUpResult(ctx: Context, key: string, artifacts: Pick<ArtifactStore, "remove">): Promise<void> {
  permit(ctx, "useTrainingCache");
  await transact(ctx, async (ctx) => {
    await lockOwnResult(ctx, key);
    await artifacts.remove(cacheFileKey(ctx.actor.workspaceId, key));
    await ctx.db.delete(trainingCache).where(thisResult(ctx, key));
  });
}

/** Opens a file of a result for a program that uses it. @throws DomainError "not-found", also when it has gone since */
export async function openResultFile(
  ctx: Context,
  { key, sha256 }: { key: string; sha256: string },
  artifacts: Pick<ArtifactStore, "stat" | "open">,
) {
  permit(ctx, "useTrainingCache");
  await jobOfCaller(ctx);
  const row = await transact(ctx, (ctx) => lockResult(ctx, key));
  const file = row && filesOf(row).find((one) => one.sha256 === sha256);
  if (row?.state !== "done" || !file) throw new DomainError("not-found", "This result is not kept.");
  const target = cacheFileKey(ctx.actor.workspaceId, key, sha256);
  const { sizeBytes } = await artifacts.stat(target);
  return {
    name: sha256,
    etag: sha256,
    sizeBytes,
    open: (range?: { start: number; end: number }) => artifacts.open(target, range),
  };
}
