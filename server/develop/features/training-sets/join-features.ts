import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { and, desc, eq } from "drizzle-orm";
import { datasetVersions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { permit, requireScope } from "#server/platform/permissions/permit.ts";
import { findUploadedVersion } from "../../datasets/lookups.ts";
import type { FeatureType } from "../contract.ts";
import { type Definitions, loadDefinitions } from "../definitions/definitions.ts";
import { featuresOf } from "../definitions/view-features.ts";
import { RequestWork } from "../expressions/request-work.ts";
import { storedType } from "../history/history-columns.ts";
import type { ColumnCells } from "../offline/engine/messages.ts";
import { OfflineEngine } from "../offline/engine/offline-engine.ts";
import { makeScratchFolder, removeScratchFolder } from "../offline/engine/with-scratch-folder.ts";
import type { PinnedView } from "./contract.ts";
import { joinHistory, type SpineTable } from "./join-history.ts";
import { columnsOf, loadSpine } from "./load-spine.ts";
import { type FeatureSelection, pinSelections } from "./select-features.ts";

export interface JoinRequest {
  /** An Arrow stream or file of the rows, with their join keys and their time; or a version of a dataset, null for the newest. */
  rows: Readable | { dataset: string; digest: string | null };
  /** In the order of the answer's columns. */
  selections: readonly FeatureSelection[];
  fullNames: boolean;
}

/** Features of some rows. They follow each other as in the request. */
export interface JoinedFeatures {
  rows: number;
  /** Columns of the rows, if they are a dataset; then the features. */
  columns: { name: string; type: FeatureType }[];
  /** Returns the cells of the next rows, by column. */
  read(rows: number): Promise<ColumnCells[]>;
  /** Ends the process that has them. */
  close(): Promise<void>;
}

const spineTable = "spine_rows";
/** What expressions of one request may do: some hundred seconds of work, and as many bytes of results as a table may have. */
const maxUnits = 250_000_000;
const maxResultBytes = 2 ** 30;

/**
 * Joins features to rows as of their time, for a caller who has the rows: one row of features for each, in order. The caller closes it. Only
 * for processes that run from source.
 * @throws JoinRefused; FeatureError; DomainError "invalid" for rows that are no Arrow, "not-found" for a dataset that Leeway does not have,
 *   "forbidden" for one that the token may not read
 */
export async function joinFeatures(
  ctx: Context,
  { rows, selections, fullNames }: JoinRequest,
  { artifacts, scratch, signal }: { artifacts: ArtifactStore; scratch: string; signal?: AbortSignal },
): Promise<JoinedFeatures> {
  permit(ctx, "joinFeatures");
  if (!(rows instanceof Readable)) requireScope(ctx, "tracking:read");
  const definitions = await loadDefinitions(ctx.db, ctx.actor.workspaceId);
  const pinned = pinSelections(definitions, selections, undefined);
  const folder = await makeScratchFolder(scratch);
  // Its process starts while the rows are written.
  const opening = OfflineEngine.open({ folder, signal });
  opening.catch(() => {});
  const close = async () => {
    await opening.then(
      (opened) => opened.close(),
      () => {},
    );
    await removeScratchFolder(folder);
  };
  try {
    const isStream = rows instanceof Readable;
    const path = join(folder, "rows.arrow");
    if (isStream) await pipeline(rows, createWriteStream(path), { ...(signal && { signal }) });
    const version = isStream ? undefined : await findVersionOf(ctx, rows);
    const engine = await opening;
    if (version) await loadSpine(engine, version, { folder, artifacts, signal });
    else await engine.loadArrow(spineTable, path);
    const spine = { table: spineTable, columns: await columnsOf(engine, spineTable) };
    // The answer is read by position, so its names may differ only in case.
    const request = { ...pinned, fullNames, horizon: null, foldsCase: false };
    const work = new RequestWork(maxUnits, maxResultBytes);
    const joined = await joinHistory(ctx, definitions, spine, request, { engine, folder, artifacts, signal, work });
    const own = version ? ownColumns(spine) : [];
    const types = pinned.features.map((feature) => typeOf(definitions, pinned.views, feature) as FeatureType);
    const added = joined.plan.added.map(({ name }, index) => ({ name, type: types[index] as FeatureType }));
    const names = [...spine.columns.map((_, index) => `s${index}`), ...added.map((_, index) => `f${index}`)];
    const selected = [...own.map(({ expression }) => expression), ...added.map((_, index) => `f${index}`)];
    const [[total] = []] = await engine.rows(`SELECT count(*) FROM ${spineTable}`);
    const read = await engine.columns(
      `SELECT ${selected.map((expression, index) => `${expression} AS a${index}`).join(", ")} FROM (${joined.result}) AS joined(${names.join(", ")})`,
    );
    return {
      rows: Number(total),
      columns: [...own.map(({ name, type }) => ({ name, type })), ...added],
      read,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function findVersionOf(ctx: Context, { dataset: name, digest }: { dataset: string; digest: string | null }) {
  if (digest !== null) return findUploadedVersion(ctx, { name, digest });
  const [newest] = await ctx.db
    .select()
    .from(datasetVersions)
    .where(and(eq(datasetVersions.workspaceId, ctx.actor.workspaceId), eq(datasetVersions.name, name)))
    .orderBy(desc(datasetVersions.createdAt), desc(datasetVersions.id))
    .limit(1);
  if (newest) return newest;
  throw new DomainError("not-found", `Dataset "${name}" has no uploaded version.`);
}

/** The columns of a dataset as features have them: what has no type of its own becomes text. */
function ownColumns({ columns }: SpineTable): { name: string; type: FeatureType; expression: string }[] {
  return columns.map(({ name, type: stored }, index) => {
    const type = featureTypeOf(stored);
    return { name, type, expression: `s${index}::${storedType(type)}` };
  });
}

function featureTypeOf(stored: string): FeatureType {
  if (/^(TINYINT|SMALLINT|INTEGER|UTINYINT|USMALLINT)$/.test(stored)) return "int32";
  if (/^(BIGINT|UINTEGER)$/.test(stored)) return "int64";
  if (/^(TIMESTAMP.*|DATE)$/.test(stored)) return "timestamp";
  const others: Record<string, FeatureType> = { FLOAT: "float32", DOUBLE: "float64", BOOLEAN: "bool", BLOB: "bytes" };
  return others[stored] ?? "string";
}

function typeOf(
  definitions: Definitions,
  views: readonly PinnedView[],
  { view, feature }: { view: number; feature: string },
): FeatureType | undefined {
  const pinned = views[view];
  const defined = [...definitions.views.values()].find(({ id }) => id === pinned?.viewId);
  const version = pinned && defined?.versions.get(pinned.version);
  return version && featuresOf(version).find(({ name }) => name === feature)?.type;
}
