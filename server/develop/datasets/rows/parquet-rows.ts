import type { ReadableStream } from "node:stream/web";
import { type AsyncBuffer, type FileMetaData, parquetMetadataAsync, parquetRead } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { isSystemError } from "#server/base/errors.ts";
import type { ColumnBatch, ColumnTable, RawColumn } from "./columns.ts";
import { cellReaders, parsers, withRawDecimals } from "./parquet-cells.ts";
import { checkColumns, type Row, type Table, UnreadableFile } from "./rows.ts";
import { valueOfCell } from "./value.ts";

/** Maximum size of a row group: it is held in memory as a unit, uncompressed. */
const maxGroupBytes = 512 * 2 ** 20;

/**
 * Reads a Parquet file, one row group at a time.
 * @param open bytes `start` to `end` (exclusive).
 * @throws UnreadableFile, now or while rows are read.
 */
export async function parquetTable(
  byteLength: number,
  open: (start: number, end: number) => Promise<ArrayBuffer>,
): Promise<Table> {
  const { columns, batches } = await parquetColumns(byteLength, open);
  return { columns, rows: rowsOf(batches) };
}

/** Reads the same by column. @throws UnreadableFile, now or while columns are read. */
export async function parquetColumns(
  byteLength: number,
  open: (start: number, end: number) => Promise<ArrayBuffer>,
): Promise<ColumnTable> {
  const file: AsyncBuffer = { byteLength, slice: (start, end = byteLength) => open(start, end) };
  const metadata = await readable(() => parquetMetadataAsync(file));
  const columns = columnNames(metadata);
  checkColumns(columns);
  return { columns, batches: groupsOf(file, metadata, columns) };
}

/** Collects a stream of bytes, for `open`. */
export async function bytesOf(body: AsyncIterable<Buffer> | ReadableStream<Buffer>): Promise<ArrayBuffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  const content = Buffer.concat(chunks);
  return content.buffer.slice(content.byteOffset, content.byteOffset + content.byteLength) as ArrayBuffer;
}

async function* rowsOf(batches: AsyncIterable<ColumnBatch>): AsyncGenerator<Row> {
  for await (const { at, rows, columns } of batches) {
    for (let index = 0; index < rows; index++) {
      yield { at: at + index, values: columns.map(({ cells, value }) => value(cells[index])) };
    }
  }
}

async function* groupsOf(file: AsyncBuffer, metadata: FileMetaData, columns: string[]): AsyncGenerator<ColumnBatch> {
  const readers = cellReaders(metadata);
  const raw = withRawDecimals(metadata);
  let start = 0;
  for (const group of metadata.row_groups) {
    const count = Number(group.num_rows);
    if (Number(group.total_byte_size) > maxGroupBytes) {
      throw new UnreadableFile(
        "The file has a row group larger than 512\u00a0MiB. Use smaller row groups, for example row_group_size=100_000.",
        { line: start + 1 },
      );
    }
    const cells = await readGroup(file, raw, columns, start, count);
    const toRaw = (column: ArrayLike<unknown>, index: number): RawColumn => ({
      cells: column,
      value: readers[index] ?? valueOfCell,
    });
    yield { at: start + 1, rows: count, columns: cells.map(toRaw) };
    start += count;
  }
}

async function readGroup(
  file: AsyncBuffer,
  metadata: FileMetaData,
  columns: string[],
  start: number,
  count: number,
): Promise<ArrayLike<unknown>[]> {
  const parts = new Map<string, { rowStart: number; columnData: ArrayLike<unknown> }[]>();
  const rowsText = `at rows ${start + 1} to ${start + count}`;
  await readable(
    () =>
      parquetRead({
        file,
        metadata,
        compressors,
        parsers,
        utf8: false,
        rowStart: start,
        rowEnd: start + count,
        onChunk: ({ columnName, columnData, rowStart }) => {
          const list = parts.get(columnName) ?? [];
          list.push({ rowStart, columnData });
          parts.set(columnName, list);
        },
      }),
    rowsText,
  );
  return columns.map((name) => {
    const list = (parts.get(name) ?? []).sort((a, b) => a.rowStart - b.rowStart);
    const [only] = list;
    const data = list.length === 1 && only ? only.columnData : list.flatMap(({ columnData }) => Array.from(columnData));
    if (data.length !== count) {
      throw new UnreadableFile(`Column "${name}" has ${data.length} values ${rowsText}.`, {
        line: start + 1,
        column: name,
      });
    }
    return data;
  });
}

/** Returns the names of the top-level columns: children of the root. */
function columnNames({ schema }: FileMetaData): string[] {
  const names: string[] = [];
  let skip = 0;
  for (const element of schema.slice(1)) {
    if (skip > 0) skip -= 1;
    else names.push(element.name);
    skip += element.num_children ?? 0;
  }
  return names;
}

async function readable<Result>(read: () => Promise<Result>, rowsText?: string): Promise<Result> {
  try {
    return await read();
  } catch (cause) {
    // Errors of the store or its disk are passed on: they may be temporary.
    if (isSystemError(cause) || (cause instanceof Error && cause.name === "DomainError")) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UnreadableFile(
      rowsText ? `The file is corrupt ${rowsText}: ${reason}` : `Not a valid Parquet file, or truncated: ${reason}`,
    );
  }
}
