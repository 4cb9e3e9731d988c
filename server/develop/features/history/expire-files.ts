import { join } from "node:path";
import { and, eq, exists, inArray, isNotNull, isNull, lt, or, type SQL, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { featureFiles, featureTrainingSets, featureUses, featureViews } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { log } from "#server/base/log.ts";
import { endUpload } from "#server/platform/artifacts/announce-upload.ts";
import type { DefinedView } from "../definitions/definitions.ts";
import { historyDaysOf, historyDaysTag } from "../definitions/history-days.ts";
import { OfflineEngine } from "../offline/engine/offline-engine.ts";
import { literal } from "../offline/engine/sql-text.ts";
import { withScratchFolder } from "../offline/engine/with-scratch-folder.ts";
import { TrainingSetRecord } from "../training-sets/contract.ts";
import type { HistoryPlace } from "./pack-view.ts";
import { rangeOfRows } from "./range-of-rows.ts";
import { stageFile } from "./stage-file.ts";
import { discardHistory, storeHistory, writeHistory } from "./store-history.ts";

type FileRow = typeof featureFiles.$inferSelect;

const dayUs = dayMs * 1000;

/** Selects views whose history has a limit of age, and has files. */
export function hasLimitedHistory(db: Database): SQL | undefined {
  const files = db
    .select({ one: sql`1` })
    .from(featureFiles)
    .where(and(eq(featureFiles.viewId, featureViews.id), isNull(featureFiles.replacedAt)));
  return and(sql`${featureViews.tags} ? ${historyDaysTag}`, exists(files));
}

/**
 * Removes rows of a view's history that are older than it is kept: files with nothing else are given up, others are written again without these rows, once a
 * tenth of the time has passed. Rows that a training set was made from stay as long as its dataset version exists. Replaced files stay for a
 * day, for readers that have listed them (merge-files.ts).
 * @param now in milliseconds since 1970
 */
export async function expireFiles(ctx: Context, view: DefinedView, place: HistoryPlace, now: number): Promise<void> {
  const days = historyDaysOf(view);
  if (days === null) return;
  const tooOld = now * 1000 - days * dayUs;
  const limit = Math.min(tooOld, await neededFrom(ctx, view));
  // A set needs everything; Postgres has no such number of microseconds either.
  if (limit === Number.NEGATIVE_INFINITY) return;
  const old = await ctx.db
    .select()
    .from(featureFiles)
    .where(
      and(
        eq(featureFiles.workspaceId, ctx.actor.workspaceId),
        eq(featureFiles.viewId, view.id),
        isNull(featureFiles.replacedAt),
        lt(featureFiles.minEventAt, limit),
      ),
    );
  const gone = old.filter((file) => file.maxEventAt < limit);
  if (gone.length > 0) await replace(ctx, gone);
  for (const file of old) {
    const isDue = file.minEventAt < limit - (days * dayUs) / 10;
    if (file.maxEventAt >= limit && isDue) await rewrite(ctx, view, file, limit, place);
  }
}

/**
 * The earliest event time that a training set needs, in microseconds since 1970: infinite if none does. A set that has become a dataset version
 * needs what it was made from, and so does one that was held by its leak check or is tried again. One that is being made needs everything
 * until its record says from when on.
 */
async function neededFrom(ctx: Context, view: DefinedView): Promise<number> {
  const { record, request, state, datasetVersionId, workspaceId } = featureTrainingSets;
  const isUsed = exists(
    ctx.db
      .select({ one: sql`1` })
      .from(featureUses)
      .where(
        and(
          eq(featureUses.userKind, "dataset-version"),
          eq(featureUses.userId, sql`${datasetVersionId}::text`),
          eq(featureUses.viewId, view.id),
        ),
      ),
  );
  const isHeld = sql`${state} = 'failed' and ${request} @> '{"isHeld": true}'`;
  const pinned = JSON.stringify({ views: [{ viewId: view.id }] });
  const isUnderWay = and(or(inArray(state, ["waiting", "running"]), isHeld), sql`${request} @> ${pinned}::jsonb`);
  const sets = await ctx.db
    .select({ record })
    .from(featureTrainingSets)
    .where(and(eq(workspaceId, ctx.actor.workspaceId), or(and(isNotNull(record), isUsed), isUnderWay)));
  const times = sets.flatMap(({ record: made }) => {
    if (made === null) return [Number.NEGATIVE_INFINITY];
    return TrainingSetRecord.parse(made).views.flatMap(({ view: name, fromUs }) =>
      name === view.name ? [fromUs ?? Number.NEGATIVE_INFINITY] : [],
    );
  });
  return Math.min(Number.POSITIVE_INFINITY, ...times);
}

/** @returns whether the files were still there */
async function replace(ctx: Context, files: readonly FileRow[], by: string | null = null): Promise<boolean> {
  const ids = files.map(({ id }) => id);
  const replaced = await ctx.db
    .update(featureFiles)
    .set({ replacedAt: sql`now()`, replacedBy: by })
    .where(
      and(
        eq(featureFiles.workspaceId, ctx.actor.workspaceId),
        inArray(featureFiles.id, ids),
        isNull(featureFiles.replacedAt),
      ),
    )
    .returning({ id: featureFiles.id });
  return replaced.length === ids.length;
}

class ReplacedElsewhere extends Error {}

async function rewrite(
  ctx: Context,
  view: DefinedView,
  file: FileRow,
  limit: number,
  { artifacts, scratch }: HistoryPlace,
): Promise<void> {
  const entities = view.versions.get(file.version)?.entities ?? [];
  const { stored, range } = await withScratchFolder(scratch, async (folder) => {
    const [source, path] = [join(folder, "old.parquet"), join(folder, "new.parquet")];
    await stageFile(artifacts, file, source);
    const engine = await OfflineEngine.open({ folder });
    try {
      const query = `SELECT * FROM read_parquet(${literal(source)}) WHERE event >= ${limit}`;
      const keys = entities.map(({ joinKey }) => joinKey);
      await engine.run(writeHistory(query, keys, path));
      const range = await rangeOfRows(engine, `read_parquet(${literal(path)})`, entities);
      return { stored: await storeHistory(ctx, view.id, path, artifacts), range };
    } finally {
      engine.close();
    }
  });
  try {
    await transact(ctx, async (ctx) => {
      // A training set that began since reads the old file, and may have to read its rows once more.
      if ((await neededFrom(ctx, view)) < limit) throw new ReplacedElsewhere();
      if (!(await replace(ctx, [file], stored.id))) throw new ReplacedElsewhere();
      await endUpload(ctx, stored.upload, stored.bytes);
      const { artifactKey: _, createdAt, ...same } = file;
      // A file from before a restore stays one: its transactions are those of the other cluster.
      const values = { ...same, ...stored.bytes, id: stored.id, artifactKey: stored.upload.key, createdAt };
      await ctx.db.insert(featureFiles).values({ ...values, ...range });
    });
  } catch (error) {
    if (!(error instanceof ReplacedElsewhere)) throw error;
    log.info("features.expired-elsewhere", { view: view.name });
    await discardHistory(ctx, view.id, [stored]);
  }
}
