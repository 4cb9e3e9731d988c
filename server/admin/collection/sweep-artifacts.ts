import { and, eq, inArray, isNull } from "drizzle-orm";
import { artifactReleases } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { type Attempt, attemptOnce } from "#server/platform/jobs/watcher.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { artifactKey } from "../../platform/artifacts/artifact-key.ts";
import { graceDays } from "../../platform/artifacts/contract.ts";
import { measureFolder } from "../../platform/artifacts/measure-folder.ts";
import { lockToDecide } from "../../platform/artifacts/reference-lock.ts";
import type { ArtifactStore } from "../../platform/artifacts/store.ts";
import { findHolders } from "./find-holders.ts";

const batch = 200;

/**
 * Finds folders in the store without an owner, such as an upload whose version was never registered, and lists them for removal after a
 * grace period; removes nothing. Only checks folders with Leeway's own layout: roots of runs and logged models, uploads of models by
 * digest, uploads of datasets, files of feature history, rows of evaluations and their sets, pictures of label tasks by hash, and of training
 * packages and checkpoints of jobs.
 */
export async function sweepArtifacts(
  ctx: Context,
  store: ArtifactStore,
  now = new Date(),
  attempt: Attempt = attemptOnce,
): Promise<void> {
  permit(ctx, "sweepArtifacts");
  const { workspaceId } = ctx.actor;
  for (const top of await foldersIn(store, [workspaceId])) {
    await attempt({ id: `folder ${workspaceId}/${top}`, workspaceId }, () => sweepFolder(ctx, store, top, now));
  }
  await measureReleases(ctx, store, attempt);
}

async function sweepFolder(ctx: Context, store: ArtifactStore, top: string, now: Date): Promise<void> {
  let prefixes: string[] = [];
  for await (const path of ownFolders(store, ctx.actor.workspaceId, top)) {
    prefixes.push(artifactKey(ctx.actor.workspaceId, path));
    if (prefixes.length < batch) continue;
    await listOrphans(ctx, store, prefixes, now);
    prefixes = [];
  }
  await listOrphans(ctx, store, prefixes, now);
}

async function listOrphans(ctx: Context, store: ArtifactStore, prefixes: string[], now: Date): Promise<void> {
  const known = await ctx.db
    .select({ prefix: artifactReleases.prefix })
    .from(artifactReleases)
    .where(and(eq(artifactReleases.workspaceId, ctx.actor.workspaceId), inArray(artifactReleases.prefix, prefixes)));
  const isKnown = new Set(known.map(({ prefix }) => prefix));
  const news = prefixes.filter((prefix) => !isKnown.has(prefix));
  const holders = await findHolders(ctx, news);
  const removeAfter = new Date(now.getTime() + graceDays * dayMs);
  for (const prefix of news.filter((each) => !holders.has(each))) {
    const measured = await measureFolder(store, prefix);
    if (measured.files === 0) continue;
    await ctx.db
      .insert(artifactReleases)
      .values({
        workspaceId: ctx.actor.workspaceId,
        prefix,
        cause: "orphaned",
        releasedBy: ctx.actor.name,
        removeAfter,
        ...measured,
      })
      .onConflictDoNothing();
  }
  await dropHeld(ctx, [...isKnown]);
}

/** Removes orphans that are referenced after all. */
async function dropHeld(ctx: Context, prefixes: string[]): Promise<void> {
  if (prefixes.length === 0) return;
  await transact(ctx, async (ctx) => {
    await lockToDecide(ctx);
    const held = [...(await findHolders(ctx, prefixes)).keys()];
    if (held.length === 0) return;
    await ctx.db
      .delete(artifactReleases)
      .where(
        and(
          eq(artifactReleases.workspaceId, ctx.actor.workspaceId),
          inArray(artifactReleases.prefix, held),
          eq(artifactReleases.cause, "orphaned"),
          isNull(artifactReleases.removingAt),
        ),
      );
  });
}

async function measureReleases(ctx: Context, store: ArtifactStore, attempt: Attempt): Promise<void> {
  const { workspaceId } = ctx.actor;
  const unmeasured = await ctx.db
    .select({ id: artifactReleases.id, prefix: artifactReleases.prefix })
    .from(artifactReleases)
    .where(and(eq(artifactReleases.workspaceId, workspaceId), isNull(artifactReleases.sizeBytes)));
  for (const { id, prefix } of unmeasured) {
    await attempt({ id: `release ${id}`, workspaceId }, async () => {
      const measured = await measureFolder(store, prefix);
      await ctx.db.update(artifactReleases).set(measured).where(eq(artifactReleases.id, id));
    });
  }
}

/** Segments of each folder that belongs to one run, logged model or upload. */
async function* ownFolders(store: ArtifactStore, workspaceId: string, top: string): AsyncGenerator<string[]> {
  const folders = (...path: string[]) => foldersIn(store, [workspaceId, ...path]);
  if (top === "models") {
    for (const digest of await folders(top)) if (/^[0-9a-f]{64}$/.test(digest)) yield [top, digest];
  }
  if (top === "features") {
    for (const view of await folders(top)) for (const file of await folders(top, view)) yield [top, view, file];
  }
  if (["datasets", "evaluations", "evaluation-sets"].includes(top)) {
    for (const owner of await folders(top)) yield [top, owner];
  }
  if (top === "labels") yield* picturesIn(store, workspaceId, top);
  if (top === "training") yield* trainingIn(store, workspaceId, top);
  if (!/^\d+$/.test(top)) return;
  for (const owner of await folders(top)) {
    if (owner === "models") for (const model of await folders(top, owner)) yield [top, owner, model, "artifacts"];
    else yield [top, owner, "artifacts"];
  }
}

/** Segments of each picture of label tasks, which has its hash as its name. */
async function* picturesIn(store: ArtifactStore, workspaceId: string, top: string): AsyncGenerator<string[]> {
  for (const folder of await foldersIn(store, [workspaceId, top])) {
    if (!/^[0-9a-f]{2}$/.test(folder)) continue;
    for (const { name } of await store.list([workspaceId, top, folder].join("/"))) {
      if (/^[0-9a-f]{64}\.[a-z]+$/.test(name)) yield [top, folder, name];
    }
  }
}

/** Segments of each package, and of the checkpoints of each job. Results of preprocessing are removed with their rows. */
async function* trainingIn(store: ArtifactStore, workspaceId: string, top: string): AsyncGenerator<string[]> {
  for (const folder of await foldersIn(store, [workspaceId, top])) {
    if (folder.startsWith("tj-")) yield [top, folder];
    if (folder !== "packages") continue;
    for (const { name } of await store.list([workspaceId, top, folder].join("/"))) {
      if (/^[0-9a-f]{64}\.zip$/.test(name)) yield [top, folder, name];
    }
  }
}

async function foldersIn(store: ArtifactStore, path: readonly string[]): Promise<string[]> {
  return (await store.list(path.join("/"))).filter((entry) => entry.isFolder).map(({ name }) => name);
}
