import { join } from "node:path";
import type { datasetVersions } from "#db/schema/index.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { ColumnProfile } from "../../datasets/profile/contract.ts";
import { stageFile } from "../history/stage-file.ts";
import type { OfflineEngine } from "../offline/engine/offline-engine.ts";
import { literal } from "../offline/engine/sql-text.ts";
import type { SpineTable } from "./join-history.ts";

/**
 * Reads the rows of a dataset version into a table of the engine, in their order. Parquet and Arrow keep their types; cells of CSV are read as
 * the dataset reads them, with the types of its profile.
 * @throws DomainError "invalid" for an unreadable file
 */
export async function loadSpine(
  engine: OfflineEngine,
  version: typeof datasetVersions.$inferSelect,
  {
    folder,
    artifacts,
    signal,
    most,
    table = "spine_rows",
  }: {
    folder: string;
    artifacts: ArtifactStore;
    signal?: AbortSignal | undefined;
    /** Only so many rows, from the first on. */
    most?: number;
    /** Name of the table. */
    table?: string;
  },
): Promise<SpineTable> {
  // A name of which nothing is fixed makes the bundler follow every file of the project.
  const path = join(folder, `rows-${table}.${version.format}`);
  await stageFile(artifacts, version, path, signal);
  if (version.format === "csv") {
    const columns = ColumnProfile.array().parse(version.columns);
    await engine.loadCsv(
      table,
      path,
      columns.map((column) => ({ name: column.name, type: csvType(column) })),
      most,
    );
  } else if (version.format === "arrow") {
    await engine.loadArrow(table, path, most);
  } else {
    const limit = most === undefined ? "" : ` LIMIT ${most}`;
    await engine.run(`CREATE TABLE ${table} AS SELECT * FROM read_parquet(${literal(path)})${limit}`);
  }
  return { table, columns: await columnsOf(engine, table) };
}

/** Returns the columns of a table with their types. */
export async function columnsOf(engine: OfflineEngine, name: string): Promise<SpineTable["columns"]> {
  const rows = await engine.rows(
    `SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = ${literal(name)} ORDER BY column_index`,
    10_000,
  );
  return rows.map(([column, type]) => ({ name: String(column), type: String(type) }));
}

/** The type that keeps every value of a column: integers beyond 64 bits stay text, and times keep nanoseconds where they fit. */
function csvType({ type, numbers, times }: ColumnProfile): string {
  const isBigint = numbers !== null && numbers.min >= -(2 ** 63) && numbers.max < 2 ** 63;
  const isNear = times !== null && times.min >= "1678" && times.max < "2262";
  switch (type) {
    case "boolean":
      return "BOOLEAN";
    case "integer":
      return isBigint ? "BIGINT" : "VARCHAR";
    case "number":
      return "DOUBLE";
    case "time":
      return isNear ? "TIMESTAMP_NS" : "TIMESTAMP WITH TIME ZONE";
    default:
      return "VARCHAR";
  }
}
