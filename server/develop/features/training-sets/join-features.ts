import { createWriteStream } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Context } from "#server/base/context.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { FeatureType, StoreValue } from "../contract.ts";
import { type Definitions, loadDefinitions } from "../definitions/definitions.ts";
import { slotsOf } from "../definitions/view-features.ts";
import { OfflineEngine } from "../offline/engine/offline-engine.ts";
import { makeScratchFolder, removeScratchFolder } from "../offline/engine/with-scratch-folder.ts";
import type { PinnedView } from "./contract.ts";
import { joinHistory } from "./join-history.ts";
import { columnsOf } from "./load-spine.ts";
import { type FeatureSelection, pinSelections } from "./select-features.ts";

export interface JoinRequest {
  /** An Arrow stream or file of the rows, with their join keys and their time. */
  rows: Readable;
  /** In the order of the answer's columns. */
  selections: readonly FeatureSelection[];
  fullNames: boolean;
}

/** Features of some rows, column by column. Rows follow each other as in the request. */
export interface JoinedFeatures {
  rows: number;
  columns: { name: string; type: FeatureType; cells: StoreValue[] }[];
}

/** Rows of one batch, and cells. */
const maxBatchRows = 20_000;
const maxBatchCells = 1_000_000;
const spineTable = "spine_rows";

/**
 * Joins features to rows as of their time, for a caller who has the rows: one row of features for each, in order, batch by batch; without rows
 * one empty batch. Only for processes that run from source.
 * @throws JoinRefused; FeatureError; DomainError "invalid" for rows that are no Arrow
 */
export async function* joinFeatures(
  ctx: Context,
  { rows, selections, fullNames }: JoinRequest,
  { artifacts, scratch, signal }: { artifacts: ArtifactStore; scratch: string; signal?: AbortSignal },
): AsyncGenerator<JoinedFeatures> {
  permit(ctx, "joinFeatures");
  const definitions = await loadDefinitions(ctx.db, ctx.actor.workspaceId);
  const pinned = pinSelections(definitions, selections, undefined);
  const folder = await makeScratchFolder(scratch);
  try {
    const path = join(folder, "rows.arrow");
    await pipeline(rows, createWriteStream(path), { ...(signal && { signal }) });
    const engine = await OfflineEngine.open({ folder, signal });
    try {
      await engine.loadArrow(spineTable, path);
      const spine = { table: spineTable, columns: await columnsOf(engine, spineTable) };
      // The answer is read by position, so its names may differ only in case.
      const request = { ...pinned, fullNames, horizon: null, foldsCase: false };
      const joined = await joinHistory(ctx, definitions, spine, request, { engine, folder, artifacts, signal });
      const own = spine.columns.map((_, index) => `s${index}`);
      const names = joined.plan.added.map((_, index) => `f${index}`);
      const features = names.join(", ");
      await engine.run(
        `CREATE TABLE answer AS SELECT ${features} FROM (${joined.result}) AS joined(${[...own, ...names].join(", ")})`,
      );
      const batchRows = Math.max(1, Math.min(maxBatchRows, Math.floor(maxBatchCells / names.length)));
      const types = pinned.features.map((feature) => typeOf(definitions, pinned.views, feature));
      const [[total] = []] = await engine.rows("SELECT count(*) FROM answer");
      for (let start = 0; start === 0 || start < Number(total); start += batchRows) {
        const where = `rowid >= ${start} AND rowid < ${start + batchRows}`;
        const found = await engine.rows(`SELECT ${features} FROM answer WHERE ${where} ORDER BY rowid`, batchRows);
        const columns = joined.plan.added.map(({ name }, index) => ({
          name,
          type: types[index] as FeatureType,
          cells: found.map((row) => row[index] as StoreValue),
        }));
        yield { rows: found.length, columns };
      }
    } finally {
      engine.close();
    }
  } finally {
    await removeScratchFolder(folder);
  }
}

function typeOf(
  definitions: Definitions,
  views: readonly PinnedView[],
  { view, feature }: { view: number; feature: string },
): FeatureType | undefined {
  const pinned = views[view];
  const defined = [...definitions.views.values()].find(({ id }) => id === pinned?.viewId);
  const version = pinned && defined?.versions.get(pinned.version);
  return version && slotsOf(version).find(({ name }) => name === feature)?.type;
}
