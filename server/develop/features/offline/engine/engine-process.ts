/**
 * DuckDB in a process of its own: queries neither block the event loop of the role nor take its memory, and one that exhausts the limit ends
 * only this process. Its current folder is the scratch folder, the only one that queries can reach.
 */
import { createReadStream, statSync } from "node:fs";
import type { DuckDBAppender, DuckDBConnection, DuckDBResult, DuckDBType } from "@duckdb/node-api";
import { DuckDBDataChunk, DuckDBInstance } from "@duckdb/node-api";
import { checkColumns, UnreadableFile } from "#server/develop/datasets/rows/rows.ts";
import { bytesOfCell, cutCell } from "./cell-bytes.ts";
import { columnCollector } from "./column-collector.ts";
import { engineCell } from "./engine-cell.ts";
import { fillChunk, type LoadedCells } from "./fill-chunk.ts";
import type {
  ColumnCells,
  EngineCell,
  EngineCells,
  EngineReply,
  EngineRequest,
  EngineSettings,
  EngineTask,
  PageLimits,
} from "./messages.ts";
import { identifier, literal } from "./sql-text.ts";

type LoadCsv = Extract<EngineTask, { kind: "load"; format: "csv" }>;
type LoadArrow = Extract<EngineTask, { kind: "load"; format: "arrow" }>;

/** Rows of a chunk: DuckDB's vectors hold no more. */
const chunkRows = 2048;
const progressMs = 1000;

let connection: DuckDBConnection | undefined;
/** The query that is fetched in steps, with the chunk that is being read and the next row in it. */
let fetched: { result: DuckDBResult; chunk: DuckDBDataChunk | null; row: number } | undefined;
let isInterrupted = false;
let last: Promise<unknown> = Promise.resolve();

process.on("message", (request: EngineRequest) => {
  if (request.kind === "interrupt") {
    isInterrupted = true;
    connection?.interrupt();
    return;
  }
  const { id, task } = request;
  last = last.then(async () => send(await reply(id, task)));
});
// Without its role, nothing waits for the result.
process.once("disconnect", () => process.exit());

function send(message: EngineReply): void {
  process.send?.(message);
}

async function reply(id: number, task: EngineTask): Promise<EngineReply> {
  try {
    if (isInterrupted) throw new Error("INTERRUPT");
    return { kind: "done", id, rows: [], columns: [], ...(await perform(task)) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { kind: "failed", id, reason: reasonOf(error, message), message };
  }
}

function reasonOf(error: unknown, message: string): "invalid" | "unreadable" | "out-of-room" | "interrupted" {
  if (isInterrupted || message.startsWith("INTERRUPT")) return "interrupted";
  if (error instanceof UnreadableFile) return "unreadable";
  return /^(Out of Memory|IO) Error: .*(memory|disk|space|directory size|ENOSPC)/is.test(message)
    ? "out-of-room"
    : "invalid";
}

async function perform(task: EngineTask): Promise<{ rows?: EngineCell[][]; columns?: ColumnCells[] }> {
  if (task.kind === "open") {
    connection = await open(task.settings);
    return {};
  }
  if (!connection) throw new Error("The engine is not open.");
  switch (task.kind) {
    case "run":
      await withProgress(connection, () => drain(connection as DuckDBConnection, task.sql));
      return {};
    case "rows":
      return { rows: await readRows(connection, task.sql, task.most) };
    case "begin":
      fetched = { result: await connection.stream(task.sql), chunk: null, row: 0 };
      return {};
    case "fetch":
      return { columns: await fetch(task.page) };
    case "columns":
      return { columns: await fetchColumns(task.rows) };
    case "append":
      await append(connection, task.table, task.columns);
      return {};
    case "load":
      await load(connection, task);
      return {};
  }
}

/** Opens a database in memory that reaches nothing but the scratch folder, and locks these settings. */
async function open({ memoryBytes, threads, temporaryBytes }: EngineSettings): Promise<DuckDBConnection> {
  const folder = process.cwd();
  const instance = await DuckDBInstance.create(":memory:", {
    threads: String(threads),
    memory_limit: `${Math.floor(memoryBytes / 1024)}KiB`,
    temp_directory: `${folder}/spilled`,
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
  });
  const opened = await instance.connect();
  for (const setting of [
    "TimeZone = 'UTC'",
    // Given at the start, it has no effect.
    `max_temp_directory_size = '${Math.floor(temporaryBytes / 1024)}KiB'`,
    `allowed_directories = [${literal(folder)}]`,
    "enable_external_access = false",
    "lock_configuration = true",
  ]) {
    await opened.run(`SET ${setting}`);
  }
  return opened;
}

/** Runs statements whose results nobody reads. */
async function drain(connection: DuckDBConnection, sql: string): Promise<void> {
  await connection.run(sql);
}

async function withProgress(connection: DuckDBConnection, work: () => Promise<void>): Promise<void> {
  const timer = setInterval(() => {
    const { percentage } = connection.progress;
    if (percentage >= 0) send({ kind: "progress", share: Math.min(1, percentage / 100) });
  }, progressMs);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
}

async function readRows(connection: DuckDBConnection, sql: string, most: number): Promise<EngineCell[][]> {
  const result = await connection.stream(sql);
  const rows: EngineCell[][] = [];
  for await (const found of result.yieldRows()) {
    for (const row of found) {
      if (rows.length === most) throw new Error(`The query has more than ${most} rows.`);
      rows.push(row.map(engineCell));
    }
  }
  return rows;
}

async function fetch({ rows, bytes, cellBytes }: PageLimits): Promise<EngineCell[][]> {
  if (!fetched) throw new Error("No query was started.");
  const columns: EngineCell[][] = Array.from({ length: fetched.result.columnCount }, () => []);
  let [taken, size] = [0, 0];
  while (taken < rows && size < bytes) {
    const chunk = await nextChunk(fetched);
    if (!chunk) break;
    const vectors = columns.map((_, index) => chunk.getColumnVector(index));
    for (; fetched.row < chunk.rowCount && taken < rows && size < bytes; fetched.row += 1) {
      for (const [index, cells] of columns.entries()) {
        const cell = engineCell(vectors[index]?.getItem(fetched.row) ?? null);
        const cellSize = bytesOfCell(cell);
        cells.push(cellSize > cellBytes ? cutCell(cell, cellBytes) : cell);
        size += Math.min(cellSize, cellBytes);
      }
      taken += 1;
    }
  }
  return columns;
}

async function fetchColumns(rows: number): Promise<ColumnCells[]> {
  if (!fetched) throw new Error("No query was started.");
  const collectors = fetched.result.columnTypes().map(({ typeId }) => columnCollector(typeId, rows));
  for (let start = 0; start < rows; ) {
    const chunk = await nextChunk(fetched);
    if (!chunk) throw new Error(`The query has ${start} rows instead of ${rows}.`);
    const count = Math.min(chunk.rowCount - fetched.row, rows - start);
    for (const [column, collector] of collectors.entries()) {
      collector.take(chunk, column, { from: fetched.row, count, start });
    }
    fetched.row += count;
    start += count;
  }
  return collectors.map(({ cells }) => cells());
}

/** Returns the chunk with the next row; undefined at the end. */
async function nextChunk(query: NonNullable<typeof fetched>): Promise<DuckDBDataChunk | undefined> {
  if (!query.chunk || query.row === query.chunk.rowCount) {
    query.chunk = await query.result.fetchChunk();
    query.row = 0;
  }
  return query.chunk && query.chunk.rowCount > 0 ? query.chunk : undefined;
}

async function append(connection: DuckDBConnection, table: string, columns: readonly EngineCells[]): Promise<void> {
  const appender = await connection.createAppender(table);
  const types = columns.map((_, index) => appender.columnType(index));
  const rows = columns[0]?.length ?? 0;
  appendRows(
    appender,
    types,
    columns.map((cells) => Array.from({ length: rows }, (_, row) => cells[row] ?? null)),
    rows,
  );
  appender.closeSync();
}

function appendRows(
  appender: DuckDBAppender,
  types: readonly DuckDBType[],
  columns: readonly LoadedCells[],
  rows: number,
): void {
  for (let start = 0; start < rows; start += chunkRows) {
    const chunk = DuckDBDataChunk.create(types);
    fillChunk(chunk, columns, start, Math.min(chunkRows, rows - start));
    appender.appendDataChunk(chunk);
  }
}

/** Reads a file that DuckDB cannot read itself, or of which it would read other values than datasets have. */
function load(connection: DuckDBConnection, task: Extract<EngineTask, { kind: "load" }>): Promise<void> {
  return task.format === "csv" ? loadCsv(connection, task) : loadArrow(connection, task);
}

/** Reads cells as a dataset does, and casts them to the types that its profile gave. */
async function loadCsv(
  connection: DuckDBConnection,
  { table: name, path, columns, most = Number.POSITIVE_INFINITY }: LoadCsv,
): Promise<void> {
  // Most engines load no such file, and start sooner without its reader.
  const { csvTable } = await import("#server/develop/datasets/rows/csv-rows.ts");
  const table = await csvTable(createReadStream(path));
  const indices = columns.map((column) => table.columns.indexOf(column.name));
  const loader = await openLoader(
    connection,
    name,
    columns.map(() => "VARCHAR"),
  );
  let cells: EngineCell[][] = columns.map(() => []);
  let rows = 0;
  for await (const { values } of table.rows) {
    rows += 1;
    if (rows > most) break;
    for (const [column, index] of indices.entries()) cells[column]?.push(values[index]?.text ?? null);
    if (cells[0]?.length !== chunkRows) continue;
    loader.append(cells, chunkRows);
    cells = columns.map(() => []);
  }
  loader.append(cells, cells[0]?.length ?? 0);
  await loader.finish(columns.map(({ name, type }, index) => `CAST(c${index} AS ${type}) AS ${identifier(name)}`));
}

async function loadArrow(
  connection: DuckDBConnection,
  { table: name, path, most = Number.POSITIVE_INFINITY }: LoadArrow,
): Promise<void> {
  // Half of the time that the process takes to start; most engines read no Arrow.
  const [{ openArrow }, { arrowReading }] = await Promise.all([
    import("#server/develop/datasets/rows/arrow-rows.ts"),
    import("./arrow-cells.ts"),
  ]);
  const { size: sizeBytes } = statSync(path);
  const { schema, batches } = await openArrow({ sizeBytes, open: async (range) => createReadStream(path, range) });
  checkColumns(schema.fields.map((field) => field.name ?? ""));
  const readings = schema.fields.map(({ type }) => arrowReading(type));
  const loader = await openLoader(
    connection,
    name,
    readings.map(({ raw }) => raw),
  );
  let left = most;
  for await (const batch of batches) {
    const columns = readings.map(({ cells }, index) => cells(batch.getChildAt(index), batch.numRows));
    const rows = Math.min(batch.numRows, left);
    loader.append(columns, rows);
    left -= rows;
    if (left === 0) break;
  }
  await loader.finish(
    readings.map(({ value }, index) => `${value(`c${index}`)} AS ${identifier(schema.fields[index]?.name ?? "")}`),
  );
}

/** Collects cells in columns c0, c1, …, and then makes a table of expressions over them. */
async function openLoader(connection: DuckDBConnection, table: string, types: readonly string[]) {
  const raw = identifier(`${table}_raw`);
  await connection.run(`CREATE TEMP TABLE ${raw} (${types.map((type, index) => `c${index} ${type}`).join(", ")})`);
  const appender = await connection.createAppender(`${table}_raw`);
  const columnTypes = types.map((_, index) => appender.columnType(index));
  return {
    append(cells: readonly LoadedCells[], rows: number) {
      if (isInterrupted) throw new Error("INTERRUPT");
      appendRows(appender, columnTypes, cells, rows);
    },
    async finish(expressions: readonly string[]) {
      appender.closeSync();
      await connection.run(`CREATE TABLE ${identifier(table)} AS SELECT ${expressions.join(", ")} FROM ${raw}`);
      await connection.run(`DROP TABLE ${raw}`);
    },
  };
}
