import { createReadStream } from "node:fs";
import { join } from "node:path";
import { and, eq } from "drizzle-orm";
import { datasetVersions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { UploadProblem } from "../../datasets/contract.ts";
import { findUpload, findUploadedVersion } from "../../datasets/lookups.ts";
import { readDataset } from "../../datasets/read-dataset.ts";
import { type DatasetIntake, uploadDataset } from "../../datasets/upload-dataset.ts";
import type { Definitions } from "../definitions/definitions.ts";
import type { EngineCell } from "../offline/engine/messages.ts";
import { OfflineEngine } from "../offline/engine/offline-engine.ts";
import { identifier, literal } from "../offline/engine/sql-text.ts";
import { planComputations } from "./compute-features.ts";
import type { LabelledPrediction, PredictionRows, TrainingSetRequest } from "./contract.ts";
import { findVersion } from "./join-history.ts";

type Version = typeof datasetVersions.$inferSelect;

/** Reads labelled predictions page by page; undefined for a request that makes no row. A higher floor knows the prediction log. */
export type ReadLabelledPredictions = (
  ctx: Context,
  rows: PredictionRows,
  inputs: readonly string[],
) => AsyncIterable<(LabelledPrediction | undefined)[]>;

export interface RowsPlace {
  artifacts: ArtifactStore;
  predictions: ReadLabelledPredictions;
  /** Maximum size of a dataset's file. */
  maxBytes: number;
}

/**
 * Finds the version of a dataset that has the rows of a training set. An upload is read if it is not yet; labelled predictions become a version of
 * the dataset "<name>-rows", so that the training set can be repeated after the log has forgotten them.
 * @param by name of who asked for it
 * @returns the version, and how many requests became no row
 * @throws DomainError "invalid" for rows that cannot be read
 */
export async function resolveRows(
  ctx: Context,
  { name, request, by }: { name: string; request: TrainingSetRequest; by: string },
  {
    definitions,
    folder,
    place,
    ownReading,
    signal,
  }: {
    definitions: Definitions;
    folder: string;
    place: RowsPlace;
    ownReading: DatasetIntake["ownReading"];
    signal?: AbortSignal | undefined;
  },
): Promise<{ version: Version; skipped: number }> {
  const { rows, resolvedRows } = request;
  const known = resolvedRows ?? ("digest" in rows ? rows : null);
  if (known) {
    const version = await findUploadedVersion(ctx, { name: known.dataset, digest: known.digest });
    return { version, skipped: 0 };
  }
  if ("upload" in rows) {
    const version = await versionOfUpload(ctx, { name: rows.dataset, id: rows.upload }, place.artifacts);
    return { version, skipped: 0 };
  }
  if (!("endpoint" in rows)) throw new Error("Unknown kind of rows.");
  const path = join(folder, "predictions.parquet");
  const skipped = await writePredictions(ctx, rows, inputsOf(definitions, request, rows), {
    folder,
    path,
    read: place.predictions,
    signal,
  });
  const dataset = `${name.slice(0, 490)}-rows`;
  const asker: Context = { ...ctx, actor: { ...ctx.actor, name: by } };
  const note = `Labelled predictions from ${rows.from} to ${rows.to}.`;
  const upload = await uploadDataset(
    asker,
    { name: dataset, fileName: `${dataset.slice(0, 200)}.parquet`, note },
    createReadStream(path, { ...(signal && { signal }) }),
    { artifacts: place.artifacts, maxBytes: place.maxBytes, ...(ownReading && { ownReading }) },
  );
  return { version: await versionOfUpload(ctx, { name: dataset, id: upload.id }, place.artifacts), skipped };
}

async function versionOfUpload(
  ctx: Context,
  key: { name: string; id: string },
  artifacts: ArtifactStore,
): Promise<Version> {
  await readDataset(ctx, key.id, artifacts);
  const upload = await findUpload(ctx, key);
  if (upload.state === "failed") {
    const { message } = UploadProblem.parse(upload.problem);
    throw new DomainError("invalid", `The rows cannot be read: ${message}`);
  }
  const [version] = await ctx.db
    .select()
    .from(datasetVersions)
    .where(
      and(
        eq(datasetVersions.workspaceId, ctx.actor.workspaceId),
        eq(datasetVersions.id, upload.versionId ?? "00000000-0000-0000-0000-000000000000"),
      ),
    );
  if (version) return version;
  throw new DomainError("not-found", "The uploaded rows were deleted.");
}

/** Inputs of predictions that a training set needs: the join keys of its views, what expressions read, and what was asked for. */
export function inputsOf(
  definitions: Definitions,
  request: Pick<TrainingSetRequest, "views" | "features" | "inputs">,
  { inputs }: PredictionRows,
): string[] {
  const versions = request.views.map((pinned) => findVersion(definitions, pinned).version);
  const keys = request.views.flatMap(({ joinKeys }, index) =>
    (versions[index]?.entities ?? []).map(({ joinKey }) => joinKeys[joinKey] ?? joinKey),
  );
  const read = planComputations(request, versions).ofViews.flatMap(({ version, reads }) =>
    reads.filter((name) => version.requestInputs.some((input) => input.name === name)),
  );
  return [...new Set([...keys, ...read, ...inputs])];
}

const ownColumns = ["request_id", "event_timestamp", "label", "label_time"];

/** @returns how many requests became no row */
async function writePredictions(
  ctx: Context,
  rows: PredictionRows,
  inputs: readonly string[],
  {
    folder,
    path,
    read,
    signal,
  }: {
    folder: string;
    path: string;
    read: ReadLabelledPredictions;
    signal: AbortSignal | undefined;
  },
): Promise<number> {
  const taken = inputs.find((name) => ownColumns.includes(name.toLowerCase()));
  if (taken !== undefined) {
    throw new DomainError(
      "invalid",
      `The rows would have two columns "${taken}": an input has the name of one of their own.`,
    );
  }
  const engine = await OfflineEngine.open({ folder, signal });
  try {
    const loaded = await loadPredictions(engine, read(ctx, rows, inputs), inputs, signal);
    if (loaded.rows === 0) {
      throw new DomainError("invalid", "There are no labelled predictions in this time range that can be rows.");
    }
    await engine.run(`COPY (${loaded.query}) TO ${literal(path)} (FORMAT parquet, COMPRESSION zstd)`);
    return loaded.skipped;
  } finally {
    engine.close();
  }
}

/**
 * Loads predictions into a table of the engine. A label is a number if all are.
 * @returns the query of the rows
 */
export async function loadPredictions(
  engine: OfflineEngine,
  pages: AsyncIterable<(LabelledPrediction | undefined)[]>,
  inputs: readonly string[],
  signal?: AbortSignal | undefined,
): Promise<{ query: string; rows: number; skipped: number }> {
  const raw = "prediction_rows";
  const texts = inputs.map((_, index) => `i${index} VARCHAR`);
  const columns = ["request_id VARCHAR", "row_at BIGINT", "label VARCHAR", "label_at BIGINT", ...texts];
  await engine.run(`CREATE TABLE ${raw} (${columns.join(", ")})`);
  const kinds = [undefined, ...inputs.map(() => undefined)] as (Kind | undefined)[];
  let [total, skipped] = [0, 0];
  for await (const page of pages) {
    signal?.throwIfAborted();
    const found = page.filter((row) => row !== undefined);
    skipped += page.length - found.length;
    total += found.length;
    for (const { label, cells } of found) {
      kinds[0] = widest(kinds[0], kindOfText(label));
      cells.forEach((cell, index) => {
        if (cell !== null) kinds[index + 1] = widest(kinds[index + 1], kindOf(cell));
      });
    }
    if (found.length === 0) continue;
    await engine.append(raw, [
      found.map(({ requestId }) => requestId),
      found.map(({ at }) => at),
      found.map(({ label }) => label),
      found.map(({ labelAt }) => labelAt),
      ...inputs.map((_, index) => found.map(({ cells }): EngineCell => textOf(cells[index] ?? null))),
    ]);
  }
  const cast = (cell: string, kind: Kind | undefined) => `CAST(${cell} AS ${typeNames[kind ?? "text"]})`;
  const time = (cell: string) => `make_timestamp(${cell}) AT TIME ZONE 'UTC'`;
  const selected = [
    "request_id",
    `${time("row_at")} AS event_timestamp`,
    ...inputs.map((name, index) => `${cast(`i${index}`, kinds[index + 1])} AS ${identifier(name)}`),
    `${cast("label", kinds[0])} AS label`,
    `${time("label_at")} AS label_time`,
  ];
  return { query: `SELECT ${selected.join(", ")} FROM ${raw} ORDER BY rowid`, rows: total, skipped };
}

type Kind = "boolean" | "integer" | "number" | "text";
const typeNames: Record<Kind, string> = { boolean: "BOOLEAN", integer: "BIGINT", number: "DOUBLE", text: "VARCHAR" };

function kindOf(cell: bigint | number | string | boolean): Kind {
  if (typeof cell === "bigint") return BigInt.asIntN(64, cell) === cell ? "integer" : "text";
  return typeof cell === "boolean" ? "boolean" : typeof cell === "string" ? "text" : "number";
}

function kindOfText(text: string): Kind {
  if (/^-?(0|[1-9]\d{0,14})$/.test(text)) return "integer";
  return text.trim() === text && text !== "" && Number.isFinite(Number(text)) && !/^[+0]\d|x/i.test(text)
    ? "number"
    : "text";
}

function widest(a: Kind | undefined, b: Kind): Kind {
  if (a === undefined || a === b) return b;
  const areNumbers = (kind: Kind) => kind === "integer" || kind === "number";
  return areNumbers(a) && areNumbers(b) ? "number" : "text";
}

function textOf(cell: LabelledPrediction["cells"][number]): string | null {
  return cell === null ? null : String(cell);
}
