import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit, requireScope } from "#server/platform/permissions/permit.ts";
import { type Definitions, loadDefinitions } from "../definitions/definitions.ts";
import { OfflineEngine } from "../offline/engine/offline-engine.ts";
import { identifier } from "../offline/engine/sql-text.ts";
import { withScratchFolder } from "../offline/engine/with-scratch-folder.ts";
import { isTime, microseconds } from "../offline/join/column-expressions.ts";
import { spineTable, takenTable } from "../offline/join/join-statements.ts";
import { checkLeaks } from "./check-leaks.ts";
import type { SpineRows } from "./contract.ts";
import { CheckTrainingSet, maxCheckedSplits, type TrainingSetCheck } from "./contract.ts";
import { requireRows } from "./create-training-set.ts";
import { requireFrozenSets } from "./frozen-sets.ts";
import { type HistoryJoin, joinHistory, type SpineTable } from "./join-history.ts";
import { columnsOf, loadSpine } from "./load-spine.ts";
import { type PreviewPlace, versionOfRows } from "./preview-training-set.ts";
import { inputsOf, loadPredictions } from "./resolve-rows.ts";
import { pinSelections, selectionsOfReferences, selectionsOfService } from "./select-features.ts";
import { splitByTime, splitColumn } from "./split-by-time.ts";

const table = "spine_rows";

/**
 * Joins features to all rows of a training set that does not exist yet, and looks for leaks; nothing is stored. Only for processes that run
 * from source.
 * @throws JoinRefused; FeatureError; DomainError "not-found" for rows that Leeway does not have
 */
export async function checkTrainingSet(
  ctx: Context,
  input: CheckTrainingSet,
  place: PreviewPlace,
): Promise<TrainingSetCheck> {
  permit(ctx, "checkTrainingSet");
  const startedAt = performance.now();
  const {
    rows,
    features,
    service,
    fullNames,
    cutoff,
    frozenSets,
    splitByTime: parts = null,
    ...columns
  } = CheckTrainingSet.parse(input);
  const { artifacts, scratch, signal } = place;
  signal?.throwIfAborted();
  await requireRows(ctx, rows);
  // It tells of labels, which creating a training set does not.
  if ("dataset" in rows) requireScope(ctx, "tracking:read");
  await requireFrozenSets(ctx, frozenSets);
  const definitions = await loadDefinitions(ctx.db, ctx.actor.workspaceId);
  const selections =
    service === undefined ? selectionsOfReferences(features ?? []) : selectionsOfService(definitions, service);
  const pinned = pinSelections(definitions, selections, cutoff);
  const isLogged = "endpoint" in rows;
  const label = columns.label ?? (isLogged ? "label" : null);
  const labelTime = columns.labelTime ?? (isLogged ? "label_time" : null);
  const split = splitColumn({ split: columns.split, splitByTime: parts });
  return withScratchFolder(scratch, async (folder) => {
    const engine = await OfflineEngine.open({ folder, signal });
    try {
      const { spine: all, skipped } = await loadAll(ctx, { definitions, rows, pinned, engine, folder, place });
      const spine = await splitByTime(engine, all, parts);
      const request = { ...pinned, fullNames, horizon: null, foldsCase: true };
      const joined = await joinHistory(ctx, definitions, spine, request, { engine, folder, artifacts, signal });
      const checked = { features: pinned.features, label, labelTime, split, splitByTime: parts, frozenSets };
      const warnings = await checkLeaks(ctx, engine, spine, joined, checked, { folder, artifacts, signal });
      const [[total] = []] = await engine.rows(`SELECT count(*) FROM ${spineTable}`);
      const nulls = warnings.reduce((sum, { kind, count }) => sum + (kind === "nulls" ? count : 0), 0);
      return {
        rows: Number(total),
        skipped,
        values: Number(total) * pinned.features.length - nulls,
        warnings,
        labelMarginUs: labelTime === null ? null : await labelMargin(engine, spine, joined, labelTime),
        splits: split === null ? [] : await splitsOf(engine, spine, split),
        history: {
          files: joined.read.reduce((sum, { files }) => sum + files.length, 0),
          arrivals: joined.read.reduce((sum, { arrivals }) => sum + arrivals, 0),
        },
        durationMs: performance.now() - startedAt,
      };
    } finally {
      engine.close();
    }
  });
}

interface Loading {
  definitions: Definitions;
  rows: SpineRows;
  pinned: ReturnType<typeof pinSelections>;
  engine: OfflineEngine;
  folder: string;
  place: PreviewPlace;
}

async function loadAll(
  ctx: Context,
  { definitions, rows, pinned, engine, folder, place }: Loading,
): Promise<{ spine: SpineTable; skipped: number }> {
  const { artifacts, signal, predictions } = place;
  if (!("endpoint" in rows)) {
    const version = await versionOfRows(ctx, rows);
    return { spine: await loadSpine(engine, version, { folder, artifacts, signal }), skipped: 0 };
  }
  const inputs = inputsOf(definitions, pinned, rows);
  const { query, rows: found, skipped } = await loadPredictions(engine, predictions(ctx, rows, inputs), inputs, signal);
  if (found === 0) throw new DomainError("invalid", "There are no labelled predictions in this time range.");
  await engine.run(`CREATE TABLE ${table} AS ${query}`);
  return { spine: { table, columns: await columnsOf(engine, table) }, skipped };
}

/** Returns the shortest time between an event that was joined and the label of its row. */
async function labelMargin(
  engine: OfflineEngine,
  spine: SpineTable,
  { plan }: HistoryJoin,
  labelTime: string,
): Promise<number | null> {
  const column = spine.columns.find(({ name }) => name === labelTime);
  if (!column || !isTime(column)) return null;
  const label = microseconds(column, "down", "spine");
  const margins: number[] = [];
  for (const index of plan.views.keys()) {
    const [[margin = null] = []] = await engine.rows(
      `SELECT min(${label} - taken.event) FROM ${takenTable(index)} AS taken
        JOIN ${spine.table} AS spine ON spine.rowid = taken.n`,
    );
    if (margin !== null) margins.push(Number(margin));
  }
  return margins.length === 0 ? null : Math.min(...margins);
}

async function splitsOf(engine: OfflineEngine, spine: SpineTable, split: string): Promise<TrainingSetCheck["splits"]> {
  const rows = await engine.rows(
    `SELECT CAST(spine.${identifier(split)} AS VARCHAR) AS value, count(*), min(row_of.t) AS first, max(row_of.t)
      FROM ${spineTable} AS row_of JOIN ${spine.table} AS spine ON spine.rowid = row_of.n
      GROUP BY 1 ORDER BY 3, 1 LIMIT ${maxCheckedSplits}`,
    maxCheckedSplits,
  );
  return rows.map(([value = null, count, first, last]) => ({
    value: value === null ? null : String(value),
    rows: Number(count),
    firstAt: Number(first),
    lastAt: Number(last),
  }));
}
