import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { and, eq } from "drizzle-orm";
import { datasetVersions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { artifactKey } from "#server/platform/artifacts/artifact-key.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { stageFile } from "../history/stage-file.ts";
import type { MaterialisationInput } from "../materialisations/contract.ts";
import { OfflineEngine } from "../offline/engine/offline-engine.ts";
import { identifier, literal } from "../offline/engine/sql-text.ts";
import type { TypedColumn } from "../offline/join/column-expressions.ts";
import { loadSpine } from "../training-sets/load-spine.ts";
import { cellExpression, timeExpression } from "./cell-expressions.ts";
import {
  type Place,
  pageLimits,
  type ReadColumn,
  type Reading,
  type SourcePage,
  type SourceRows,
} from "./source-rows.ts";

export interface FilePlace {
  artifacts: ArtifactStore;
  /** Scratch folder for this file alone. */
  folder: string;
  signal?: AbortSignal | undefined;
}

/** A file as a relation of the engine, with the expression that numbers its rows in their order. */
interface Relation {
  relation: string;
  rowNumber: string;
  /** Columns of the relation by their names in the file. */
  columns: ReadonlyMap<string, TypedColumn>;
  fingerprint: string;
}

/**
 * Opens a file of the artifact store, or a version of a dataset: DuckDB reads it from a scratch folder, Parquet row group by row group. The caller
 * closes it.
 * @throws DomainError "invalid" for a file that lacks a column or cannot be read, "not-found"
 */
export async function openFileRows(
  ctx: Context,
  reading: Reading,
  input: MaterialisationInput,
  place: FilePlace,
): Promise<SourceRows> {
  const engine = await OfflineEngine.open({ folder: place.folder, signal: place.signal });
  try {
    const file = await openRelation(ctx, engine, input, place);
    const statement = statementOf(file, reading);
    const [[total] = []] = await engine.rows(`SELECT count(*) FROM (SELECT 1 ${statement.from(0)})`);
    const names = reading.columns.map(({ name }) => name);
    return {
      total: Number(total),
      fingerprint: file.fingerprint,
      pages: (after) => pages(engine, { ...statement, names }, after),
      close: async () => engine.close(),
    };
  } catch (error) {
    engine.close();
    throw error;
  }
}

async function openRelation(
  ctx: Context,
  engine: OfflineEngine,
  { dataset, path }: MaterialisationInput,
  { artifacts, folder, signal }: FilePlace,
): Promise<Relation> {
  if (dataset) {
    const ofId = and(eq(datasetVersions.workspaceId, ctx.actor.workspaceId), eq(datasetVersions.id, dataset.id));
    const [version] = await ctx.db.select().from(datasetVersions).where(ofId);
    if (!version) throw new DomainError("not-found", `Version ${dataset.digest} of "${dataset.name}" was deleted.`);
    const fingerprint = version.sha256;
    if (version.format === "parquet") {
      const staged = join(folder, "rows.parquet");
      await stageFile(artifacts, version, staged, signal);
      return { ...(await parquet(engine, staged)), fingerprint };
    }
    const { table, columns } = await loadSpine(engine, version, { folder, artifacts, signal });
    return { ...(await numbered(engine, table, columns)), fingerprint };
  }
  const key = artifactKey(ctx.actor.workspaceId, (path ?? "").split("/"));
  const { etag } = await artifacts.stat(key);
  const staged = join(folder, "rows.parquet");
  await pipeline(await artifacts.open(key), createWriteStream(staged), { ...(signal && { signal }) });
  return { ...(await parquet(engine, staged)), fingerprint: etag };
}

/** Numbers the rows of a table by DuckDB's row ids. A column of that name, which would hide them, gets another. */
async function numbered(
  engine: OfflineEngine,
  table: string,
  columns: readonly TypedColumn[],
): Promise<Omit<Relation, "fingerprint">> {
  const taken = new Set(columns.map(({ name }) => name.toLowerCase()));
  let free = "rowid";
  while (taken.has(free)) free += "_";
  const hiding = columns.find(({ name }) => name.toLowerCase() === "rowid");
  if (hiding) {
    await engine.run(
      `ALTER TABLE ${identifier(table)} RENAME COLUMN ${identifier(hiding.name)} TO ${identifier(free)}`,
    );
  }
  const byName = columns.map((column): [string, TypedColumn] => [
    column.name,
    column === hiding ? { ...column, name: free } : column,
  ]);
  return { relation: identifier(table), rowNumber: "rowid", columns: new Map(byName) };
}

async function parquet(engine: OfflineEngine, path: string): Promise<Omit<Relation, "fingerprint">> {
  const relation = `read_parquet(${literal(path)}, file_row_number = true)`;
  try {
    const described = await engine.rows(`DESCRIBE SELECT * FROM ${relation}`, 100_000);
    const columns = described
      .map(([name, type]) => ({ name: String(name), type: String(type) }))
      .filter(({ name }) => name !== "file_row_number");
    return { relation, rowNumber: "file_row_number", columns: new Map(columns.map((column) => [column.name, column])) };
  } catch (cause) {
    if (cause instanceof DomainError) throw cause;
    throw new DomainError("invalid", "The file cannot be read as Parquet.", { cause });
  }
}

function statementOf({ columns, relation, rowNumber }: Relation, { source, columns: read, range, isLatest }: Reading) {
  const found = (column: ReadColumn): TypedColumn => {
    const typed = columns.get(column.from);
    if (typed) return typed;
    const what = column.role === "feature" ? `feature "${column.name}"` : `column "${column.name}"`;
    throw new DomainError("invalid", `The source "${source.name}" has no column "${column.from}" for the ${what}.`);
  };
  const cells = read.map((column) => cellExpression(found(column), column.type));
  const timeOf = (role: ReadColumn["role"]) => {
    const column = read.find((each) => each.role === role);
    return column && timeExpression(found(column));
  };
  const time = timeOf("event");
  if (time === undefined) {
    const event = found(read.find(({ role }) => role === "event") as ReadColumn);
    throw new DomainError("invalid", `The column "${event.name}" holds ${event.type}, not times.`);
  }
  const isIn = `${time} BETWEEN ${range.from} AND ${range.to}`;
  // Rows without an event time are read as well: a write refuses them, so they are counted.
  const where = isLatest ? isIn : `(${time} IS NULL OR ${isIn})`;
  const keys = cells.filter((_, index) => read[index]?.role === "key");
  const order = [`${time} DESC`, `${timeOf("created") ?? "NULL"} DESC NULLS LAST`, `${rowNumber} DESC`];
  const latest = `QUALIFY row_number() OVER (PARTITION BY ${["1", ...keys].join(", ")} ORDER BY ${order.join(", ")}) = 1
    ORDER BY ${rowNumber}`;
  return {
    select: [...cells, rowNumber].join(", "),
    from: (row: number) => `FROM ${relation} WHERE ${where} AND ${rowNumber} >= ${row} ${isLatest ? latest : ""}`,
  };
}

async function* pages(
  engine: OfflineEngine,
  { select, from, names }: ReturnType<typeof statementOf> & { names: readonly string[] },
  after: Place | null,
): AsyncGenerator<SourcePage> {
  let row = after?.row ?? 0;
  for await (const cells of engine.pages(`SELECT ${select} ${from(row)}`, pageLimits(names.length))) {
    const numbers = cells[names.length] ?? [];
    for (const number of numbers) {
      // What a page says was read would be wrong.
      if (Number(number) < row) throw new Error(`Row ${number} of a file came after row ${row - 1}.`);
      row = Number(number) + 1;
    }
    const columns = Object.fromEntries(names.map((name, index) => [name, cells[index] ?? []]));
    yield { columns, rows: numbers.length, after: { row, eventAt: null } };
  }
}
