import { Readable } from "node:stream";
import type { ColumnBatch, ColumnTable, RawColumn } from "./columns.ts";
import { csvColumnNames, csvRest, csvTable, delimiterOf } from "./csv-rows.ts";
import { CsvScanner, type PlainLines } from "./csv-scanner.ts";
import type { Row } from "./rows.ts";
import type { Value } from "./value.ts";

const batchRows = 8192;
/** A line that is longer is the other reader's to refuse. */
const maxLineBytes = 4 * 2 ** 20;

/**
 * Reads a CSV file by column, several times as fast as by row (csvTable), with the same values. It accepts plain lines: as many fields as
 * the header, quotation marks only around a field, and line ends as in the first line. From the first other line on, the row reader
 * continues, which reports the problem and its position.
 * @throws UnreadableFile with the line, now or while columns are read.
 */
export async function csvColumns(body: Readable): Promise<ColumnTable> {
  const chunks = (body as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  let head: Buffer = Buffer.alloc(0);
  for (let isDone = false; !isDone && head.indexOf(10) < 0 && head.length < maxLineBytes; ) {
    const next = await chunks.next();
    isDone = next.done === true;
    if (!next.done) head = Buffer.concat([head, next.value]);
  }
  const rest: AsyncIterable<Buffer> = { [Symbol.asyncIterator]: () => chunks };
  const plain = plainHeader(head);
  if (!plain) {
    const { columns, rows } = await csvTable(Readable.from(joined(head, rest), { objectMode: false }));
    return { columns, batches: rowBatches(rows, columns.length) };
  }
  return { columns: plain.columns, batches: batchesOf(joined(head.subarray(plain.bytes), rest), plain) };
}

/** Returns the first line if it has no quotation marks and is certainly UTF-8 text. */
function plainHeader(head: Buffer): (PlainLines & { columns: string[]; bytes: number }) | undefined {
  const end = head.indexOf(10);
  const text = head.toString("utf8", 0, end).replace(/^\uFEFF/, "");
  const line = text.replace(/\r$/, "");
  if (end < 0 || line.trim() === "" || /["\r\0\uFFFD]/.test(line)) return undefined;
  const delimiter = delimiterOf(line);
  const columns = csvColumnNames(line.split(delimiter));
  return { columns, delimiter, lineEnd: text.endsWith("\r") ? "\r\n" : "\n", bytes: end + 1 };
}

async function* joined(head: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  yield* rest;
}

async function* batchesOf(
  body: AsyncGenerator<Buffer>,
  plain: PlainLines & { columns: string[] },
): AsyncGenerator<ColumnBatch> {
  const scanner = new CsvScanner(plain, batchRows);
  let pending: Buffer = Buffer.alloc(0);
  for (let isDone = false; !isDone; ) {
    const next = await body.next();
    isDone = next.done === true;
    // The last line need not end.
    const more = next.done ? Buffer.from(pending.length > 0 ? plain.lineEnd : "") : next.value;
    pending = pending.length > 0 ? Buffer.concat([pending, more]) : more;
    let from = 0;
    const end = pending.lastIndexOf(10) + 1;
    let stop = end === 0 && pending.length > maxLineBytes ? "unplain" : "full";
    while (stop === "full") {
      const scanned = scanner.scan(pending.subarray(from, end));
      from += scanned.at;
      stop = scanned.stop;
      const batch = stop === "end" ? undefined : scanner.take();
      if (batch) yield batch;
    }
    if (stop === "unplain") {
      // A line end that was only thought up is not the file's.
      const left = pending.subarray(from, next.done ? pending.length - plain.lineEnd.length : pending.length);
      yield* rowBatches(csvRest(joined(left, body), { ...plain, lines: scanner.line }), plain.columns.length);
      return;
    }
    pending = pending.subarray(from);
  }
  const last = scanner.take();
  if (last) yield last;
}

const asIs = (cell: unknown) => (cell as Value | undefined) ?? null;

async function* rowBatches(rows: AsyncIterable<Row>, width: number): AsyncGenerator<ColumnBatch> {
  let list: Row[] = [];
  const flush = () => {
    const batch = list;
    list = [];
    const columns = Array.from({ length: width }, (_, index): RawColumn => {
      return { cells: batch.map(({ values }) => values[index] ?? null), value: asIs };
    });
    return { at: batch[0]?.at ?? 0, rows: batch.length, lines: batch.map(({ at }) => at), columns };
  };
  for await (const row of rows) {
    list.push(row);
    if (list.length === batchRows) yield flush();
  }
  if (list.length > 0) yield flush();
}
