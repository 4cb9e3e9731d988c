import { and, asc, eq, gt, inArray, isNotNull, lte, or, sql } from "drizzle-orm";
import { artifactFiles, artifactReleases, artifactUploads } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { record } from "#server/platform/audit/record.ts";
import { type Attempt, attemptOnce } from "#server/platform/jobs/watcher.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { discardUpload } from "../../platform/artifacts/announce-upload.ts";
import { areArtifactsHeld } from "../../platform/artifacts/artifact-hold.ts";
import { measureFolder } from "../../platform/artifacts/measure-folder.ts";
import { evictFiles } from "../../platform/artifacts/record-file.ts";
import { lockToDecide } from "../../platform/artifacts/reference-lock.ts";
import type { ArtifactStore } from "../../platform/artifacts/store.ts";
import { findHolders } from "./find-holders.ts";

const batch = 200;
/** Key of a picture of label tasks, as the sweep lists it: one file. */
const picture = /^[^/]+\/labels\/[0-9a-f]{2}\/[0-9a-f]{64}\.[a-z]+$/;
/** Twice as long as an announced upload may take. */
const abandonedMs = 2 * dayMs;

/**
 * Removes the files of released folders without references. Decided in one transaction and carried out after it: once a row says that its
 * files are being removed, nothing new can refer to them (refer-to-artifacts.ts), so a crash between any two steps leaves work for the
 * next run and never a reference without its file.
 * @param onStep called before each step, so that a test can kill the process there.
 */
export async function collectArtifacts(
  ctx: Context,
  store: ArtifactStore,
  onStep: (step: "decide" | "remove" | "release") => void = () => undefined,
  attempt: Attempt = attemptOnce,
): Promise<void> {
  permit(ctx, "collectArtifacts");
  await endUploads(ctx, store, attempt);
  let after = "";
  do {
    onStep("decide");
    const decided = await decide(ctx, after);
    const { workspaceId } = ctx.actor;
    const pictures: Removed[] = [];
    for (const { id, prefix, ...known } of decided.removable) {
      onStep("remove");
      await attempt({ id: `release ${id}`, workspaceId }, async () => {
        const isPicture = picture.test(prefix);
        // A picture, which is named by its hash, has not changed since it was listed.
        const { files, sizeBytes } = (isPicture && sizeOf(known)) || (await measureFolder(store, prefix));
        await store.remove(prefix);
        const removed = { id, prefix, files, sizeBytes };
        if (isPicture) {
          pictures.push(removed);
          return;
        }
        onStep("release");
        await release(ctx, removed);
      });
    }
    if (pictures.length > 0) {
      onStep("release");
      await attempt({ id: `pictures of ${workspaceId}`, workspaceId }, () => releasePictures(ctx, pictures));
    }
    after = decided.last;
  } while (after !== "");
}

type Removable = Pick<typeof artifactReleases.$inferSelect, "id" | "prefix" | "files" | "sizeBytes">;

interface Removed {
  id: string;
  prefix: string;
  files: number;
  sizeBytes: number;
}

function sizeOf({ files, sizeBytes }: Pick<Removable, "files" | "sizeBytes">) {
  return files === null || sizeBytes === null ? undefined : { files, sizeBytes };
}

/** Checks the next due releases, and marks those without references. @returns "" as `last` at the end. */
async function decide(ctx: Context, after: string): Promise<{ removable: Removable[]; last: string }> {
  return transact(ctx, async (ctx) => {
    await lockToDecide(ctx);
    // The next run removes what is due.
    if (await areArtifactsHeld(ctx.db)) return { removable: [], last: "" };
    const due = await ctx.db
      .select({
        id: artifactReleases.id,
        prefix: artifactReleases.prefix,
        files: artifactReleases.files,
        sizeBytes: artifactReleases.sizeBytes,
        removingAt: artifactReleases.removingAt,
      })
      .from(artifactReleases)
      .where(
        and(
          eq(artifactReleases.workspaceId, ctx.actor.workspaceId),
          or(lte(artifactReleases.removeAfter, sql`now()`), isNotNull(artifactReleases.removingAt)),
          after === "" ? undefined : gt(artifactReleases.id, after),
        ),
      )
      .orderBy(asc(artifactReleases.id))
      .limit(batch);
    const undecided = due.filter(({ removingAt }) => removingAt === null);
    const holders = await findHolders(
      ctx,
      undecided.map(({ prefix }) => prefix),
    );
    for (const { id, prefix } of undecided) {
      const heldBy = holders.get(prefix);
      if (heldBy) await ctx.db.update(artifactReleases).set({ heldBy }).where(eq(artifactReleases.id, id));
    }
    const removable = due.filter(({ prefix }) => !holders.has(prefix));
    const ids = removable.map(({ id }) => id);
    if (ids.length > 0) {
      await ctx.db
        .update(artifactReleases)
        .set({ removingAt: sql`coalesce(${artifactReleases.removingAt}, now())`, heldBy: null })
        .where(inArray(artifactReleases.id, ids));
    }
    return { removable, last: due.length < batch ? "" : (due.at(-1)?.id ?? "") };
  });
}

async function release(ctx: Context, { id, prefix, ...removed }: Removed): Promise<void> {
  await transact(ctx, async (ctx) => {
    await evictFiles(ctx, prefix);
    const [deleted] = await ctx.db.delete(artifactReleases).where(eq(artifactReleases.id, id)).returning();
    const path = prefix.slice(ctx.actor.workspaceId.length + 1);
    if (deleted) await record(ctx, "artifacts.collected", { subject: `artifact/${path}`, before: removed });
  });
}

/** Releases pictures together, each a file, with one entry of the audit log: a large project may lose thousands in a night. */
async function releasePictures(ctx: Context, pictures: readonly Removed[]): Promise<void> {
  const keys = pictures.map(({ prefix }) => prefix);
  await transact(ctx, async (ctx) => {
    await ctx.db.delete(artifactFiles).where(inArray(artifactFiles.key, keys));
    const ids = pictures.map(({ id }) => id);
    const deleted = await ctx.db.delete(artifactReleases).where(inArray(artifactReleases.id, ids)).returning();
    if (deleted.length === 0) return;
    const isDeleted = new Set(deleted.map(({ id }) => id));
    const removed = pictures.filter(({ id }) => isDeleted.has(id));
    const sum = (of: (one: Removed) => number) => removed.reduce((total, one) => total + of(one), 0);
    const before = { files: sum(({ files }) => files), sizeBytes: sum(({ sizeBytes }) => sizeBytes) };
    await record(ctx, "artifacts.collected", { subject: "artifact/labels", before });
  });
}

/** Deletes uploads that never finished, with the parts that they left in a bucket. */
async function endUploads(ctx: Context, store: ArtifactStore, attempt: Attempt): Promise<void> {
  const { workspaceId } = ctx.actor;
  const ended = await ctx.db
    .select()
    .from(artifactUploads)
    .where(and(eq(artifactUploads.workspaceId, workspaceId), lte(artifactUploads.expiresAt, sql`now()`)));
  for (const { id, key, storeUploadId } of ended) {
    await attempt({ id: `upload ${id}`, workspaceId }, async () => {
      if (storeUploadId) await store.parts?.abort(key, storeUploadId);
      await discardUpload(ctx, id);
    });
  }
  // Uploads without a row: from processes that crashed midway.
  const before = new Date(Date.now() - abandonedMs);
  const item = { id: `abandoned uploads of ${workspaceId}`, workspaceId };
  await attempt(item, async () => store.parts?.abortOlder(workspaceId, before));
}
