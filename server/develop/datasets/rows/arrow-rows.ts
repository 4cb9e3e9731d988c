import { zstdDecompressSync } from "node:zlib";
import {
  type AsyncRecordBatchFileReader,
  type AsyncRecordBatchStreamReader,
  CompressionType,
  compressionRegistry,
  type RecordBatch,
  RecordBatchReader,
  type Schema,
} from "apache-arrow";
import { isSystemError } from "#server/base/errors.ts";
import { rawColumn } from "./arrow-raw-column.ts";
import { asFileHandle, boundedStream, maxBatchBytes, type StoredBytes } from "./arrow-source.ts";
import { cellReader } from "./arrow-value.ts";
import type { ColumnBatch, ColumnTable } from "./columns.ts";
import { unpackLz4Frame } from "./lz4-frame.ts";
import { checkColumns, type Row, type Table, UnreadableFile } from "./rows.ts";

type Reader = AsyncRecordBatchFileReader | AsyncRecordBatchStreamReader;

/** An Arrow file or stream, one record batch after the other, read once. */
interface ArrowBatches {
  schema: Schema;
  batches: AsyncIterable<RecordBatch>;
}

/**
 * Reads an Arrow IPC file (Feather's second version too) or stream, one record batch at a time. Rows come as they are read.
 * @throws UnreadableFile, now or while rows are read.
 */
export async function arrowTable(stored: StoredBytes): Promise<Table> {
  const { columns, batches } = await openNamed(stored);
  return { columns, rows: rowsOf(batches) };
}

/** Reads the same by column. @throws UnreadableFile, now or while columns are read. */
export async function arrowColumns(stored: StoredBytes): Promise<ColumnTable> {
  const { columns, batches } = await openNamed(stored);
  return { columns, batches: rawBatches(batches) };
}

async function openNamed(stored: StoredBytes) {
  const { schema, batches } = await openArrow(stored);
  // Arrow returns an empty name as null.
  const columns = schema.fields.map(({ name }) => (name as string | null) ?? "");
  checkColumns(columns);
  return { columns, batches };
}

async function* rawBatches(batches: AsyncIterable<RecordBatch>): AsyncGenerator<ColumnBatch> {
  let before = 0;
  for await (const batch of batches) {
    const columns = batch.schema.fields.map((_, index) => rawColumn(batch.getChildAt(index), batch.numRows));
    yield { at: before + 1, rows: batch.numRows, columns };
    before += batch.numRows;
  }
}

async function* rowsOf(batches: AsyncIterable<RecordBatch>): AsyncGenerator<Row> {
  let before = 0;
  for await (const batch of batches) {
    const readers = batch.schema.fields.map((_, index) => {
      const vector = batch.getChildAt(index);
      return vector ? cellReader(vector) : () => null;
    });
    for (let row = 0; row < batch.numRows; row += 1) {
      yield { at: before + row + 1, values: readers.map((read) => read(row)) };
    }
    before += batch.numRows;
  }
}

/** Opens a file or stream up to its first batch. @throws UnreadableFile, now or while batches are read */
export async function openArrow(stored: StoredBytes): Promise<ArrowBatches> {
  installCodecs();
  return readable(async () => {
    const head = stored.sizeBytes < 8 ? "" : String(await (await stored.open({ start: 0, end: 5 })).toArray());
    if (head === "") throw new Error("it is too short");
    const stream = head === "ARROW1" ? undefined : boundedStream(await stored.open());
    // apache-arrow only uses these members of a file handle, but its types require all of them.
    const source = stream ? stream.bytes : (asFileHandle(stored) as unknown as AsyncIterable<Uint8Array>);
    const reader = (await RecordBatchReader.from(source)) as Reader;
    await reader.open();
    return { schema: reader.schema, batches: batchesOf(reader, () => stream?.onTaken()) };
  }, 0);
}

async function* batchesOf(reader: Reader, onTaken: () => void): AsyncGenerator<RecordBatch> {
  const batches = reader[Symbol.asyncIterator]();
  let rows = 0;
  try {
    for (;;) {
      const next = await readable(() => batches.next(), rows);
      if (next.done) return;
      onTaken();
      rows += next.value.numRows;
      yield next.value;
    }
  } finally {
    await batches.return?.();
  }
}

/** Bytes that the buffers of the batch at hand were unpacked to. A batch is unpacked without a pause. */
let unpackedBytes = 0;

function installCodecs(): void {
  const bounded = (unpack: (bytes: Uint8Array, most: number) => Uint8Array) => (bytes: Uint8Array) => {
    if (unpackedBytes === 0) queueMicrotask(() => (unpackedBytes = 0));
    const left = maxBatchBytes - unpackedBytes;
    if (left <= 0) throw new Error(`a batch decompresses to more than ${maxBatchBytes / 2 ** 20} MiB`);
    const unpacked = unpack(bytes, left);
    unpackedBytes += unpacked.length;
    return unpacked;
  };
  compressionRegistry.set(CompressionType.ZSTD, {
    decode: bounded((bytes, most) => zstdDecompressSync(bytes, { maxOutputLength: most })),
  });
  compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: bounded(unpackLz4Frame) });
}

async function readable<Result>(read: () => Promise<Result>, rowsRead: number): Promise<Result> {
  try {
    return await read();
  } catch (cause) {
    // Errors of the store or its disk are passed on: they may be temporary.
    const isOurs = cause instanceof UnreadableFile || (cause instanceof Error && cause.name === "DomainError");
    if (isOurs || isSystemError(cause)) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    if (rowsRead === 0) throw new UnreadableFile(`Not a valid Arrow file or stream: ${reason}`);
    throw new UnreadableFile(`The file is corrupt after row ${rowsRead}: ${reason}`, { line: rowsRead + 1 });
  }
}
