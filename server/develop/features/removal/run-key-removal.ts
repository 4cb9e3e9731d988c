import { and, eq, inArray, isNotNull, lt, or, sql } from "drizzle-orm";
import { featureFiles, featureKeyRemovals } from "#db/schema/index.ts";
import { type Context, systemContext, transact } from "#server/base/context.ts";
import { log } from "#server/base/log.ts";
import { endUpload } from "#server/platform/artifacts/announce-upload.ts";
import { releaseArtifacts } from "#server/platform/artifacts/release-artifacts.ts";
import { publish } from "#server/platform/events/publish.ts";
import { acquireLease, type Lease } from "#server/platform/jobs/lease.ts";
import { enqueue } from "#server/platform/jobs/queue.ts";
import { type Attempt, attemptOnce } from "#server/platform/jobs/watcher.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { haveSameKeys } from "../definitions/compare-versions.ts";
import { type DefinedView, loadDefinitions } from "../definitions/definitions.ts";
import type { HistoryPlace } from "../history/pack-view.ts";
import { historyFolder } from "../history/store-history.ts";
import type { RemovedFromFile } from "./contract.ts";
import { discardRewritten, type RewrittenFile, rewriteWithoutKey } from "./rewrite-file.ts";

type Row = typeof featureKeyRemovals.$inferSelect;
type FileRow = typeof featureFiles.$inferSelect;

/** Steps between which a process may die; a test stops there. */
export type RemovalStep = "rewrite" | "replace" | "finish";

/**
 * Rewrites the files of the history that have rows of a removed key, one after the other, and erases the key in the receipt. Each file is replaced in
 * one transaction with its line in the receipt, so the next runner continues with what is left. Packing and merging that began before
 * find that their rows or files have changed, and begin again.
 */
export async function runKeyRemoval(
  ctx: Context,
  removalId: string,
  place: HistoryPlace,
  onStep: (step: RemovalStep) => void = () => undefined,
): Promise<void> {
  permit(ctx, "runKeyRemoval");
  const lease = await acquireLease(ctx, "feature_key_removals", removalId);
  if (!lease) return;
  try {
    const [row] = await ctx.db
      .select()
      .from(featureKeyRemovals)
      .where(isOurs(ctx, removalId, lease));
    if (row?.key) await rewriteAll(ctx, row, lease, place, onStep);
    onStep("finish");
    if (row && !lease.signal.aborted) await finish(ctx, row, lease);
  } catch (cause) {
    if (lease.signal.aborted) return;
    log.error("feature-key-removal.waits", { removalId, cause });
    // It goes on by itself: what was asked to be removed must not stay.
    const waits = { state: "waiting" as const, problem: "It waits after an error; see the server log.", runner: null };
    await ctx.db
      .update(featureKeyRemovals)
      .set({ ...waits, leasedUntil: sql`now() + interval '1 minute'` })
      .where(isOurs(ctx, removalId, lease));
    throw cause;
  } finally {
    lease.stop();
  }
}

/** Enqueues removals whose runner died, or whose job was lost. */
export async function resumeKeyRemovals(ctx: Context, attempt: Attempt = attemptOnce): Promise<void> {
  permit(ctx, "resumeKeyRemovals");
  const { id, workspaceId, state, leasedUntil, createdAt } = featureKeyRemovals;
  const isLapsed = or(
    lt(leasedUntil, sql`now()`),
    and(sql`${leasedUntil} is null`, lt(createdAt, sql`now() - interval '1 minute'`)),
  );
  const lapsed = await ctx.db
    .select({ id, workspaceId })
    .from(featureKeyRemovals)
    .where(and(inArray(state, ["waiting", "running"]), isLapsed));
  for (const item of lapsed) {
    const own = systemContext(ctx.db, item.workspaceId, ctx.actor.id);
    await attempt(item, () => enqueue(own, "remove-feature-key", { removalId: item.id }));
  }
}

async function rewriteAll(
  ctx: Context,
  row: Row,
  lease: Lease,
  place: HistoryPlace,
  onStep: (step: RemovalStep) => void,
): Promise<void> {
  const view = [...(await loadDefinitions(ctx.db, ctx.actor.workspaceId)).views.values()].find(
    ({ id }) => id === row.viewId,
  );
  if (!view) return;
  const seen = new Set<string>();
  // Merging may list a file meanwhile that has the rows of one that was looked at.
  for (;;) {
    const files = (await filesOf(ctx, view, row)).filter(({ id }) => !seen.has(id));
    if (files.length === 0) return;
    for (const file of files) {
      if (lease.signal.aborted) return;
      onStep("rewrite");
      const rewritten = await rewriteWithoutKey(ctx, view, file, { ...row, signal: lease.signal }, place);
      if (rewritten.removed > 0) {
        onStep("replace");
        // If it was merged or has expired meanwhile, it still has the rows.
        if (!(await replaceFile(ctx, row, lease, file, rewritten))) continue;
      } else if (rewritten.range) {
        const { minKey, maxKey } = rewritten.range;
        await ctx.db.update(featureFiles).set({ minKey, maxKey }).where(ofFile(ctx, file));
      }
      seen.add(file.id);
    }
  }
}

function ofFile(ctx: Context, { id }: FileRow) {
  return and(eq(featureFiles.workspaceId, ctx.actor.workspaceId), eq(featureFiles.id, id));
}

/** Files that may have the key: also those that were merged into others, and wait to be removed; not those of versions with other join keys. */
async function filesOf(ctx: Context, view: DefinedView, { key, createdAt }: Row): Promise<FileRow[]> {
  const { workspaceId, viewId, minKey, maxKey } = featureFiles;
  const found = await ctx.db
    .select()
    .from(featureFiles)
    .where(
      and(
        eq(workspaceId, ctx.actor.workspaceId),
        eq(viewId, view.id),
        sql`${minKey} <= ${key}`,
        sql`${maxKey} >= ${key}`,
      ),
    );
  // The keys may have changed since the removal was asked for.
  const asked = [...view.versions.values()].filter((version) => version.createdAt <= createdAt);
  const last = asked.reduce((a, b) => (b.version > a.version ? b : a), asked[0] ?? view.current);
  return found.filter(({ version }) => {
    const of = view.versions.get(version);
    return of !== undefined && haveSameKeys(of, last);
  });
}

/** Puts the new file in the place of the old one, which goes at once. @returns false if merging or expiry was first: then nothing has happened */
async function replaceFile(
  ctx: Context,
  row: Row,
  lease: Lease,
  file: FileRow,
  { removed, stored }: RewrittenFile,
): Promise<boolean> {
  const isOldReplaced = file.replacedAt !== null;
  const isDone = await transact(ctx, async (ctx) => {
    const gone = await ctx.db
      .delete(featureFiles)
      .where(
        and(
          eq(featureFiles.id, file.id),
          isOldReplaced ? isNotNull(featureFiles.replacedAt) : sql`${featureFiles.replacedAt} is null`,
        ),
      );
    if (gone.rowCount !== 1) return false;
    if (stored) {
      await endUpload(ctx, stored.upload, stored.bytes);
      const { id, workspaceId, viewId, version } = { ...file, id: stored.id };
      const place = { id, workspaceId, viewId, version, artifactKey: stored.upload.key };
      await ctx.db.insert(featureFiles).values({ ...place, ...stored.bytes, ...stored.range });
    }
    await releaseArtifacts(ctx, [historyFolder(file.viewId, file.id).join("/")]);
    const line: RemovedFromFile = {
      file: file.id,
      rows: isOldReplaced ? 0 : removed,
      replacedBy: stored?.id ?? null,
      at: new Date().toISOString(),
    };
    const ours = await ctx.db
      .update(featureKeyRemovals)
      .set({ files: sql`${featureKeyRemovals.files} || ${JSON.stringify([line])}::jsonb`, attempts: 0 })
      .where(isOurs(ctx, row.id, lease))
      .returning({ id: featureKeyRemovals.id });
    if (ours.length === 0) throw new Error("Another runner took the removal over.");
    return true;
  });
  if (!isDone && stored) await discardRewritten(ctx, file.viewId, stored);
  return isDone;
}

async function finish(ctx: Context, row: Row, lease: Lease): Promise<void> {
  const [done] = await ctx.db
    .update(featureKeyRemovals)
    .set({ state: "done", key: null, problem: null, endedAt: sql`now()`, runner: null, leasedUntil: null })
    .where(isOurs(ctx, row.id, lease))
    .returning({ id: featureKeyRemovals.id });
  if (done) await publish(ctx, "features", row.id);
}

function isOurs(ctx: Context, id: string, { runner }: Lease) {
  return and(
    eq(featureKeyRemovals.workspaceId, ctx.actor.workspaceId),
    eq(featureKeyRemovals.id, id),
    eq(featureKeyRemovals.runner, runner),
    eq(featureKeyRemovals.state, "running"),
  );
}
