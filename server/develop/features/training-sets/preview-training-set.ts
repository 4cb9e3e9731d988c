import { eq } from "drizzle-orm";
import { datasetVersions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { permit, requireScope } from "#server/platform/permissions/permit.ts";
import { findUpload, findUploadedVersion } from "../../datasets/lookups.ts";
import { type Definitions, loadDefinitions } from "../definitions/definitions.ts";
import { historyColumns, keyColumn } from "../history/history-columns.ts";
import type { EngineCell } from "../offline/engine/messages.ts";
import { OfflineEngine } from "../offline/engine/offline-engine.ts";
import { withScratchFolder } from "../offline/engine/with-scratch-folder.ts";
import { isTime, microseconds } from "../offline/join/column-expressions.ts";
import { type JoinSource, spineKeyNames, spineTable, takenTable } from "../offline/join/join-statements.ts";
import type { PlannedView } from "../offline/join/plan-join.ts";
import {
  type PreviewedLane,
  type PreviewedPoint,
  PreviewTrainingSet,
  type SpineRows,
  type TrainingSetPreview,
} from "./contract.ts";
import { requireRows } from "./create-training-set.ts";
import { type HistoryJoin, joinHistory, type SpineTable } from "./join-history.ts";
import { columnsOf, loadSpine } from "./load-spine.ts";
import { inputsOf, loadPredictions, type ReadLabelledPredictions } from "./resolve-rows.ts";
import { pinSelections, selectionsOfReferences, selectionsOfService } from "./select-features.ts";
import { splitByTime } from "./split-by-time.ts";

export interface PreviewPlace {
  artifacts: ArtifactStore;
  /** Folder on this machine in which scratch folders are made. */
  scratch: string;
  predictions: ReadLabelledPredictions;
  signal?: AbortSignal | undefined;
}

/** Rows of history that a lane shows up to the row's time, and after it. */
const pointsUpTo = 10;
const pointsAfter = 4;
const table = "spine_rows";
/** So much is copied of files without a row that could matter, to show the rows around; beyond it, a key counts as unknown. */
const maxLeftOutBytes = 512 * 2 ** 20;

/**
 * Joins features to the first rows of a training set that does not exist yet, and shows which row of each view's history was taken, and which
 * others were older, not known yet, or true only later. Only for processes that run from source.
 * @throws JoinRefused; FeatureError; DomainError "not-found" for rows that Leeway does not have
 */
export async function previewTrainingSet(
  ctx: Context,
  input: PreviewTrainingSet,
  { artifacts, scratch, predictions, signal }: PreviewPlace,
): Promise<Omit<TrainingSetPreview, "check">> {
  permit(ctx, "previewTrainingSet");
  const parsed = PreviewTrainingSet.parse(input);
  const { rows, features, service, fullNames, cutoff, count } = parsed;
  await requireRows(ctx, rows);
  // It shows rows, which creating a training set does not.
  if ("dataset" in rows) requireScope(ctx, "tracking:read");
  const definitions = await loadDefinitions(ctx.db, ctx.actor.workspaceId);
  const selections =
    service === undefined ? selectionsOfReferences(features ?? []) : selectionsOfService(definitions, service);
  const pinned = pinSelections(definitions, selections, cutoff);
  return withScratchFolder(scratch, async (folder) => {
    const engine = await OfflineEngine.open({ folder, signal });
    try {
      const place = { engine, folder, artifacts, signal };
      const { rowsTotal } = await loadFirst(ctx, definitions, rows, pinned, { ...place, predictions, count });
      const first = { table, columns: await columnsOf(engine, table) };
      const spine = await splitByTime(engine, first, parsed.splitByTime);
      const request = { ...pinned, fullNames, horizon: null, foldsCase: true };
      const joined = await joinHistory(ctx, definitions, spine, request, place);
      const labelTime = parsed.labelTime ?? ("endpoint" in rows ? "label_time" : undefined);
      const { plan } = joined;
      return {
        rowsTotal,
        columns: [
          ...spine.columns.map(({ name }) => ({ name, kind: "row" as const, view: null })),
          ...plan.added.map(({ name, view, feature }) => {
            return { name, view, kind: feature === null ? ("expression" as const) : ("feature" as const) };
          }),
        ],
        views: pinned.views.map(({ view, version, name, ttlUs, cutoff, joinKeys }, index) => {
          const keys = (plan.views[index] as PlannedView).keys.map((key) => joinKeys[key.name] ?? key.name);
          return { view, version, name, keys, ttlUs, cutoff };
        }),
        rows: await previewedRows(engine, spine, joined, labelTime),
      };
    } finally {
      engine.close();
    }
  });
}

/** Loads the first rows into the table of the spine. */
async function loadFirst(
  ctx: Context,
  definitions: Definitions,
  rows: SpineRows,
  pinned: ReturnType<typeof pinSelections>,
  { engine, folder, artifacts, signal, predictions, count }: PreviewPlaceOfRows,
): Promise<{ rowsTotal: number | null }> {
  if ("endpoint" in rows) {
    const inputs = inputsOf(definitions, pinned, rows);
    const first = takeRows(predictions(ctx, rows, inputs), count);
    const { query, rows: found } = await loadPredictions(engine, first, inputs, signal);
    if (found === 0) throw new DomainError("invalid", "There are no labelled predictions in this time range.");
    await engine.run(`CREATE TABLE ${table} AS ${query}`);
    return { rowsTotal: null };
  }
  const version = await versionOfRows(ctx, rows);
  await loadSpine(engine, version, { folder, artifacts, signal, most: count });
  return { rowsTotal: version.rows };
}

interface PreviewPlaceOfRows extends Omit<PreviewPlace, "scratch"> {
  engine: OfflineEngine;
  folder: string;
  count: number;
}

/** Returns the version that has the rows. @throws DomainError "conflict" while an upload is not read yet */
export async function versionOfRows(ctx: Context, rows: Exclude<SpineRows, { endpoint: string }>) {
  if ("digest" in rows) return findUploadedVersion(ctx, { name: rows.dataset, digest: rows.digest });
  const upload = await findUpload(ctx, { name: rows.dataset, id: rows.upload });
  const [version] =
    upload.versionId === null
      ? []
      : await ctx.db.select().from(datasetVersions).where(eq(datasetVersions.id, upload.versionId));
  if (version) return version;
  throw new DomainError("conflict", "The uploaded rows are not read yet. Try again in a moment.");
}

async function* takeRows<Row>(pages: AsyncIterable<(Row | undefined)[]>, most: number): AsyncGenerator<Row[]> {
  let left = most;
  for await (const page of pages) {
    const found = page.filter((row) => row !== undefined).slice(0, left);
    yield found;
    left -= found.length;
    if (left === 0) return;
  }
}

async function previewedRows(
  engine: OfflineEngine,
  spine: SpineTable,
  joined: HistoryJoin,
  labelTime: string | undefined,
): Promise<TrainingSetPreview["rows"]> {
  const label = spine.columns.find(({ name }) => name === labelTime);
  const labelAt = label && isTime(label) ? microseconds(label, "down", "spine") : "NULL::BIGINT";
  const times = await engine.rows(
    `SELECT row_of.t, ${labelAt} FROM ${spineTable} AS row_of JOIN ${spine.table} AS spine ON spine.rowid = row_of.n ORDER BY row_of.n`,
  );
  const cells = await engine.rows(`SELECT CAST(COLUMNS(*) AS VARCHAR) FROM (${joined.result})`);
  const lanes: PreviewedLane[][] = [];
  for (const [index, source] of joined.sources.entries()) {
    lanes.push(await lanesOf(engine, joined, index, source, times.length));
  }
  return times.map(([t, labelled], row) => ({
    at: Number(t),
    labelAt: numberOf(labelled),
    cells: (cells[row] ?? []) as (string | null)[],
    lanes: lanes.map((ofView) => ofView[row] as PreviewedLane),
  }));
}

/**
 * Which rows of one view's history lie around the time of each row, also in files that have none that could matter to the join: what is shown
 * does not depend on how rows were packed.
 */
async function lanesOf(
  engine: OfflineEngine,
  joined: HistoryJoin,
  index: number,
  source: JoinSource,
  rows: number,
): Promise<PreviewedLane[]> {
  const { plan } = joined;
  const { keys } = plan.views[index] as PlannedView;
  const names = spineKeyNames(plan);
  const equal = keys.map(({ name, spine }) => `${source.keys[name]} = row_of.${names.get(spine)}`);
  const columns = [...keys.map(({ name }) => keyColumn(name)), ...historyColumns].join(", ");
  const around = `rows_around_${index}`;
  const rowsAround = (relation: string) =>
    `SELECT ${columns} FROM ${relation} AS source
      WHERE EXISTS (SELECT 1 FROM ${spineTable} AS row_of WHERE ${["TRUE", ...equal].join(" AND ")})`;
  await engine.run(`CREATE TABLE ${around} AS ${rowsAround(source.relation)}`);
  await joined.visitLeftOut(index, {
    hasTimes: true,
    maxBytes: maxLeftOutBytes,
    visit: async (relation) => {
      await engine.run(`INSERT INTO ${around} ${rowsAround(relation)}`);
      return true;
    },
  });
  const { created, known, event, order } = source;
  const isKnown = known === null ? "TRUE" : `${known} <= row_of.t`;
  const points = `
    SELECT row_of.n, row_of.t, ${event} AS event, ${created ?? "NULL::BIGINT"} AS created, source.arrived AS arrived,
      ${known ?? "NULL::BIGINT"} AS known, taken.sequence IS NOT DISTINCT FROM ${order} AS is_joined,
      count_if(${event} <= row_of.t AND ${isKnown}) OVER (PARTITION BY row_of.n) AS usable,
      row_number() OVER (PARTITION BY row_of.n, ${event} > row_of.t
        ORDER BY abs(${event} - row_of.t), source.created DESC NULLS LAST, ${order} DESC) AS place
    FROM ${spineTable} AS row_of
    JOIN ${around} AS source ON ${["source.event IS NOT NULL", ...equal].join(" AND ")}
    LEFT JOIN ${takenTable(index)} AS taken ON taken.n = row_of.n`;
  const found = await engine.rows(
    `SELECT n, t, event, created, arrived, known, is_joined, usable FROM (${points})
      WHERE is_joined OR place <= CASE WHEN event <= t THEN ${pointsUpTo} ELSE ${pointsAfter} END
      ORDER BY n, event, created NULLS FIRST`,
    rows * (pointsUpTo + pointsAfter + 1),
  );
  const byRow = Map.groupBy(found, ([n]) => Number(n));
  return Array.from({ length: rows }, (_, row): PreviewedLane => {
    const points = (byRow.get(row) ?? []).map(pointOf);
    const joined = points.find(({ state }) => state === "joined");
    const [first] = byRow.get(row) ?? [];
    const usable = Number(first?.[7] ?? 0);
    return {
      outcome: joined ? "joined" : !first ? "unknown-key" : usable > 0 ? "expired" : "none",
      ageUs: joined ? Number(first?.[1]) - joined.eventAt : null,
      points,
    };
  });
}

function pointOf([, t, event, created, arrived, known, isJoined]: EngineCell[]): PreviewedPoint {
  const [time, eventAt, knownAt] = [Number(t), Number(event), numberOf(known)];
  const state = isJoined
    ? "joined"
    : eventAt > time
      ? "later"
      : knownAt !== null && knownAt > time
        ? "not-known"
        : "older";
  return { eventAt, createdAt: numberOf(created), arrivedAt: Number(arrived), knownAt, state };
}

function numberOf(cell: EngineCell | undefined): number | null {
  return cell === null || cell === undefined ? null : Number(cell);
}
