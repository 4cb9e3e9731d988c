import { join } from "node:path";
import { and, desc, eq, gte, lt, sql } from "drizzle-orm";
import { z } from "zod";
import {
  datasetVersions,
  featureDriftDays,
  featureDriftReferences,
  featureTrainingSets,
  featureUses,
} from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { databaseNow } from "#server/base/database-now.ts";
import { dayMs, hourMs } from "#server/base/durations.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import { type DefinedView, loadDefinitions } from "#server/develop/features/definitions/definitions.ts";
import { valueColumn } from "#server/develop/features/history/history-columns.ts";
import { historySource } from "#server/develop/features/history/history-relation.ts";
import type { HistoryPlace } from "#server/develop/features/history/pack-view.ts";
import { readHistory } from "#server/develop/features/history/read-history.ts";
import { stageFile } from "#server/develop/features/history/stage-file.ts";
import { OfflineEngine } from "#server/develop/features/offline/engine/offline-engine.ts";
import { literal } from "#server/develop/features/offline/engine/sql-text.ts";
import { withScratchFolder } from "#server/develop/features/offline/engine/with-scratch-folder.ts";
import { TrainingSetRequest } from "#server/develop/features/training-sets/contract.ts";
import { isUser, usesBy } from "#server/develop/features/uses/uses-of-view.ts";
import { type Attempt, attemptOnce } from "#server/platform/jobs/watcher.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { packState } from "../../monitoring/state/pack-state.ts";
import { dayOf } from "../day-range.ts";
import { countDay, evaluateDay, type MeasuredColumns, type MeasuredValue, profilesOf } from "./evaluate-day.ts";
import { columnOf, columnsOfView, type MeasuredFeature, measuredFeatures, measuredSince } from "./view-values.ts";

/** Rows of a day, and of a reference, that are counted. */
const maxRows = 20_000;
const referenceDays = 7;
/** A worker that was away measures so many days afterwards. */
const maxLateDays = 7;
/** After which all rows of a day have committed. */
const settledMs = hourMs;
const keptDays = 400;

type Reference = typeof featureDriftReferences.$inferSelect;
/** Arrival times in milliseconds since 1970: from, and below to. */
interface Span {
  from: number;
  to: number;
}

/**
 * Measures how the rows of each view of a workspace that arrived on a day are distributed, against the view's reference. Runs as a job; a day is
 * stored as a whole, and measured again if its worker dies.
 * @param now milliseconds since 1970; undefined: by the database's clock, which arrivals have
 */
export async function measureViewDrift(
  ctx: Context,
  place: HistoryPlace,
  { now, attempt = attemptOnce }: { now?: number | undefined; attempt?: Attempt | undefined } = {},
): Promise<void> {
  permit(ctx, "measureViewDrift");
  const { workspaceId } = ctx.actor;
  const at = now ?? (await databaseNow(ctx.db));
  await ctx.db
    .delete(featureDriftDays)
    .where(and(eq(featureDriftDays.workspaceId, workspaceId), lt(featureDriftDays.day, dayOf(at - keptDays * dayMs))));
  for (const view of (await loadDefinitions(ctx.db, workspaceId)).views.values()) {
    await attempt({ id: `view ${view.id}`, workspaceId }, () => measure(ctx, view, place, at));
  }
}

async function measure(ctx: Context, view: DefinedView, place: HistoryPlace, now: number): Promise<void> {
  const today = Math.floor((now - settledMs) / dayMs) * dayMs;
  const reference = await referenceOf(ctx, view, place, today);
  if (!reference) return;
  const start = Math.max(today - maxLateDays * dayMs, reference.toAt?.getTime() ?? 0);
  const known = await ctx.db
    .select({ day: featureDriftDays.day })
    .from(featureDriftDays)
    .where(and(eq(featureDriftDays.referenceId, reference.id), gte(featureDriftDays.day, dayOf(start))));
  const measured = new Set(known.map(({ day }) => day));
  for (let from = start; from < today; from += dayMs) {
    const day = dayOf(from);
    if (measured.has(day) || !(await hasArrived(ctx, view, { from, to: from + dayMs }))) continue;
    const { arrived, columns } = await readArrived(ctx, view, { from, to: from + dayMs }, place);
    if (arrived === 0) continue;
    const state = countDay(reference.features, columns);
    const features = evaluateDay(reference.features, state, `${view.id} ${day}`);
    await ctx.db
      .insert(featureDriftDays)
      .values({
        workspaceId: ctx.actor.workspaceId,
        referenceId: reference.id,
        day,
        arrived,
        rows: state.rows,
        state: packState(state),
        features,
      })
      // Another worker was first, with the same rows.
      .onConflictDoNothing();
  }
}

/**
 * Returns the reference of a view's current version: the training set in which it was used last, else the first week of rows. It is made once for
 * each of these; undefined before there is a week.
 */
async function referenceOf(
  ctx: Context,
  view: DefinedView,
  place: HistoryPlace,
  today: number,
): Promise<Reference | undefined> {
  const { version } = view.current;
  const own = { workspaceId: ctx.actor.workspaceId, viewId: view.id, version };
  const [newest] = await ctx.db
    .select()
    .from(featureDriftReferences)
    .where(
      and(
        eq(featureDriftReferences.workspaceId, own.workspaceId),
        eq(featureDriftReferences.viewId, own.viewId),
        eq(featureDriftReferences.version, own.version),
      ),
    )
    .orderBy(desc(featureDriftReferences.createdAt))
    .limit(1);
  const trained = await lastTrainingSet(ctx, view);
  if (trained) {
    const { dataset, columns } = trained;
    const isSame = newest?.features.every(({ name }) => columns.has(name)) && newest.features.length === columns.size;
    if (newest?.datasetVersionId === dataset.id && isSame) return newest;
    const read = await readTrainingSet(view, trained, place);
    const rows = read[0]?.values.length ?? 0;
    const features = profilesOf(read);
    return insertReference(ctx, { ...own, kind: "training-set", datasetVersionId: dataset.id, rows, features });
  }
  if (newest) return newest;
  const since = Math.ceil(measuredSince(view) / dayMs) * dayMs;
  const first = await firstArrival(ctx, view, since);
  if (first === undefined) return undefined;
  const from = Math.floor(first / dayMs) * dayMs;
  const to = from + referenceDays * dayMs;
  if (to > today) return undefined;
  const { columns } = await readArrived(ctx, view, { from, to }, place);
  const rows = columns[0]?.values.length ?? 0;
  if (rows === 0) return undefined;
  const span = { fromAt: new Date(from), toAt: new Date(to) };
  return insertReference(ctx, { ...own, kind: "week", ...span, rows, features: profilesOf(columns) });
}

/** The dataset version of a training set, with its column of each feature of a view that is measured. */
interface Trained {
  dataset: typeof datasetVersions.$inferSelect;
  columns: ReadonlyMap<string, string>;
}

/** Returns the training set in which the view's current version was used last; undefined if that has none of its measured features. */
async function lastTrainingSet(ctx: Context, view: DefinedView): Promise<Trained | undefined> {
  const { version } = view.current;
  const [found] = await ctx.db
    .select({ dataset: datasetVersions, request: featureTrainingSets.request })
    .from(featureUses)
    .innerJoin(datasetVersions, isUser(ctx, datasetVersions))
    .innerJoin(featureTrainingSets, eq(featureTrainingSets.datasetVersionId, datasetVersions.id))
    .where(and(usesBy(ctx, "dataset-version", view.id), eq(featureUses.version, version)))
    .orderBy(desc(featureUses.createdAt), desc(featureUses.userId))
    .limit(1);
  if (found?.dataset.format !== "parquet" || found.dataset.rows === 0) return undefined;
  const all = columnsOfView(TrainingSetRequest.parse(found.request), { id: view.id, version });
  const measured = measuredFeatures(view.current).flatMap(({ name }): [string, string][] => {
    const column = all.get(name);
    return column === undefined ? [] : [[name, column]];
  });
  return measured.length === 0 ? undefined : { dataset: found.dataset, columns: new Map(measured) };
}

async function insertReference(
  ctx: Context,
  values: typeof featureDriftReferences.$inferInsert,
): Promise<Reference | undefined> {
  const [row] = await ctx.db.insert(featureDriftReferences).values(values).returning();
  return row;
}

/** When the first row of the view arrived that is still there, of those since a time. Times are milliseconds since 1970. */
async function firstArrival(ctx: Context, view: DefinedView, since: number): Promise<number | undefined> {
  const sinceUs = since * 1000;
  const [found] = rowsOf(
    z.object({ us: z.number().nullable() }),
    await ctx.db.execute(sql`
      select least(
        (select min(arrived_at) from feature_arrivals where view_number = ${view.number} and arrived_at >= ${sinceUs}),
        (select min(greatest(min_arrived_at, ${sinceUs}::int8)) from feature_files
        where view_id = ${view.id} and replaced_at is null and max_arrived_at >= ${sinceUs}))::float8 as us`),
  );
  return found?.us == null ? undefined : found.us / 1000;
}

/** Returns whether rows may have arrived in a span, without reading them. */
async function hasArrived(ctx: Context, view: DefinedView, { from, to }: Span): Promise<boolean> {
  const [first, end] = [from * 1000, to * 1000];
  const [found] = rowsOf(
    z.object({ isAny: z.boolean() }),
    await ctx.db.execute(sql`
      select exists (select from feature_arrivals where view_number = ${view.number} and arrived_at >= ${first} and arrived_at < ${end})
        or exists (select from feature_files where view_id = ${view.id} and replaced_at is null
          and min_arrived_at < ${end} and max_arrived_at >= ${first}) as "isAny"`),
  );
  return found?.isAny ?? false;
}

/** Reads rows that arrived in a span: how many there are, and values of a sample that is the same each time. */
async function readArrived(
  ctx: Context,
  view: DefinedView,
  { from, to }: Span,
  { artifacts, scratch }: HistoryPlace,
): Promise<{ arrived: number; columns: MeasuredColumns }> {
  const arrivedUs = { fromUs: from * 1000, toUs: to * 1000 - 1 };
  return withScratchFolder(scratch, async (folder) => {
    const engine = await OfflineEngine.open({ folder });
    try {
      const options = { engine, folder, artifacts, ranges: new Map(), horizon: undefined, arrived: arrivedUs };
      const { horizon, views } = await readHistory(ctx, [view.id], options);
      const read = views.get(view.id);
      if (!read) return { arrived: 0, columns: [] };
      const measured = measuredFeatures(view.current);
      const names = measured.map(({ name }) => name);
      const wanted = { hasCreatedTime: true, version: view.current, versions: view.versions, features: names };
      const { relation } = historySource(wanted, read.parts, { horizon, cutoff: "event" });
      const where = `arrived >= ${arrivedUs.fromUs} AND arrived <= ${arrivedUs.toUs}`;
      const [[arrived] = []] = await engine.rows(`SELECT count(*) FROM ${relation} AS source WHERE ${where}`);
      const values = measured.map(({ name, value }) => value(`source.${valueColumn(name)}`));
      const sample = `FROM ${relation} AS source WHERE ${where} ORDER BY hash(sequence), sequence LIMIT ${maxRows}`;
      return { arrived: Number(arrived), columns: await readColumns(engine, measured, values, sample) };
    } finally {
      engine.close();
    }
  });
}

/** Reads the features of the view that a training set has. */
async function readTrainingSet(
  view: DefinedView,
  { dataset, columns }: Trained,
  { artifacts, scratch }: HistoryPlace,
): Promise<MeasuredColumns> {
  return withScratchFolder(scratch, async (folder) => {
    const path = join(folder, "rows.parquet");
    await stageFile(artifacts, dataset, path);
    const engine = await OfflineEngine.open({ folder });
    try {
      const measured = measuredFeatures(view.current).filter(({ name }) => columns.has(name));
      const values = measured.map(({ name, value }) => value(columnOf(columns.get(name) ?? name)));
      const sample = `FROM (SELECT *, row_number() OVER () AS position FROM read_parquet(${literal(path)})) AS source ORDER BY hash(position), position LIMIT ${maxRows}`;
      return await readColumns(engine, measured, values, sample);
    } finally {
      engine.close();
    }
  });
}

async function readColumns(
  engine: OfflineEngine,
  measured: readonly MeasuredFeature[],
  values: readonly string[],
  sample: string,
): Promise<MeasuredColumns> {
  if (measured.length === 0) return [];
  const rows = await engine.rows(`SELECT ${values.join(", ")} ${sample}`, maxRows);
  return measured.map(({ name, kind }, index) => ({
    name,
    kind,
    values: rows.map((row) => (row[index] ?? null) as MeasuredValue),
  }));
}
