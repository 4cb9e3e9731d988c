import { join } from "node:path";
import { and, asc, eq, exists, inArray, isNull, lt, or, type SQL, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { featureFiles, featureViews } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { log } from "#server/base/log.ts";
import { endUpload } from "#server/platform/artifacts/announce-upload.ts";
import { releaseArtifacts } from "#server/platform/artifacts/release-artifacts.ts";
import type { DefinedView } from "../definitions/definitions.ts";
import { OfflineEngine } from "../offline/engine/offline-engine.ts";
import { literal } from "../offline/engine/sql-text.ts";
import { withScratchFolder } from "../offline/engine/with-scratch-folder.ts";
import type { HistoryPlace } from "./pack-view.ts";
import { firstTransaction, restoredTest } from "./restored-history.ts";
import { stageFile } from "./stage-file.ts";
import { discardHistory, historyFolder, storeHistory, writeHistory } from "./store-history.ts";

type FileRow = typeof featureFiles.$inferSelect;

/** Small files of a version are merged once there are so many. */
const minFiles = 8;
/** A file of more rows is not small. */
const smallRows = 500_000;
const maxRows = 1_000_000;
/** A reader that listed a file copies it within a day. */
const keptMs = dayMs;

const isSmall = and(isNull(featureFiles.replacedAt), lt(featureFiles.rows, smallRows));
const isOld = sql`${featureFiles.replacedAt} < now() - make_interval(secs => ${keptMs / 1000})`;

/** Selects views that have files to merge or to remove, whether or not they get rows. */
export function hasDueFiles(db: Database): SQL | undefined {
  const ofView = eq(featureFiles.viewId, featureViews.id);
  const files = () => db.select({ one: sql`1` }).from(featureFiles);
  const mergeable = files()
    .where(and(ofView, isSmall))
    .groupBy(featureFiles.version)
    .having(sql`count(*) >= ${minFiles}`);
  return or(exists(files().where(and(ofView, isOld))), exists(mergeable));
}

/** Steps between which a process may die; a test stops there. */
export type MergeStep = "merge" | "store" | "replace";

/**
 * Merges small files of a view's history, and removes files that were merged a day ago. The rows remain the same whenever it is cut off: one
 * transaction puts the new file in the place of the old ones.
 */
export async function mergeFiles(
  ctx: Context,
  view: DefinedView,
  place: HistoryPlace,
  onStep: (step: MergeStep) => void = () => undefined,
): Promise<void> {
  await removeReplaced(ctx, view);
  const small = await ctx.db
    .select()
    .from(featureFiles)
    .where(and(ofView(ctx, view), isSmall))
    .orderBy(asc(featureFiles.minArrivedAt), asc(featureFiles.id));
  for (const [version, files] of Map.groupBy(small, (file) => file.version)) {
    const chosen = fitting(files);
    if (chosen.length >= minFiles) await merge(ctx, view, version, chosen, place, onStep);
  }
}

function fitting(files: readonly FileRow[]): FileRow[] {
  let rows = 0;
  return files.filter((file) => {
    const fits = rows + file.rows <= maxRows;
    if (fits) rows += file.rows;
    return fits;
  });
}

async function merge(
  ctx: Context,
  view: DefinedView,
  version: number,
  files: readonly FileRow[],
  { artifacts, scratch }: HistoryPlace,
  onStep: (step: MergeStep) => void,
): Promise<void> {
  const keys = view.versions.get(version)?.entities.map(({ joinKey }) => joinKey) ?? [];
  onStep("merge");
  const stored = await withScratchFolder(scratch, async (folder) => {
    const isRestored = await restoredTest(ctx.db);
    const queries: string[] = [];
    for (const file of files) {
      const path = join(folder, `${file.id}.parquet`);
      await stageFile(artifacts, file, path);
      const columns = isRestored(file) ? `* REPLACE (${firstTransaction}::BIGINT AS transaction)` : "*";
      queries.push(`SELECT ${columns} FROM read_parquet(${literal(path)})`);
    }
    const engine = await OfflineEngine.open({ folder });
    try {
      const all = queries.join(" UNION ALL BY NAME ");
      await engine.run(writeHistory(`SELECT * FROM (${all})`, keys, join(folder, "merged.parquet")));
    } finally {
      engine.close();
    }
    onStep("store");
    return storeHistory(ctx, view.id, join(folder, "merged.parquet"), artifacts);
  });
  onStep("replace");
  const isOurs = await transact(ctx, async (ctx) => {
    const ids = files.map(({ id }) => id);
    const replaced = await ctx.db
      .update(featureFiles)
      .set({ replacedAt: sql`now()`, replacedBy: stored.id })
      .where(and(ofView(ctx, view), inArray(featureFiles.id, ids), isNull(featureFiles.replacedAt)))
      .returning();
    // Another process merged some of them first; what it merged the others into is none of our business.
    if (replaced.length !== ids.length) throw new MergedElsewhere();
    await endUpload(ctx, stored.upload, stored.bytes);
    await ctx.db.insert(featureFiles).values({
      id: stored.id,
      workspaceId: ctx.actor.workspaceId,
      viewId: view.id,
      version,
      artifactKey: stored.upload.key,
      ...stored.bytes,
      // A removal may have narrowed their ranges meanwhile: the key must not come back.
      ...rangeOf(replaced),
    });
    return true;
  }).catch((error: unknown) => {
    if (error instanceof MergedElsewhere) return false;
    throw error;
  });
  if (isOurs) return;
  log.info("features.merged-elsewhere", { view: view.name });
  await discardHistory(ctx, view.id, [stored]);
}

class MergedElsewhere extends Error {}

function rangeOf(files: readonly FileRow[]) {
  const least = (pick: (file: FileRow) => number) => Math.min(...files.map(pick));
  const greatest = (pick: (file: FileRow) => number) => Math.max(...files.map(pick));
  const byLeast = files.map(({ minKey }) => minKey).sort(Buffer.compare);
  const byGreatest = files.map(({ maxKey }) => maxKey).sort(Buffer.compare);
  return {
    rows: files.reduce((sum, { rows }) => sum + rows, 0),
    minKey: byLeast[0] as Buffer,
    maxKey: byGreatest.at(-1) as Buffer,
    minEventAt: least((file) => file.minEventAt),
    maxEventAt: greatest((file) => file.maxEventAt),
    minArrivedAt: least((file) => file.minArrivedAt),
    maxArrivedAt: greatest((file) => file.maxArrivedAt),
  };
}

async function removeReplaced(ctx: Context, view: DefinedView): Promise<void> {
  await transact(ctx, async (ctx) => {
    const removed = await ctx.db
      .delete(featureFiles)
      .where(and(ofView(ctx, view), isOld))
      .returning({ id: featureFiles.id });
    await releaseArtifacts(
      ctx,
      removed.map(({ id }) => historyFolder(view.id, id).join("/")),
    );
  });
}

function ofView(ctx: Context, view: DefinedView) {
  return and(eq(featureFiles.workspaceId, ctx.actor.workspaceId), eq(featureFiles.viewId, view.id));
}
