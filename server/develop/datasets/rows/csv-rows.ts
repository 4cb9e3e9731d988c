import type { Readable } from "node:stream";
import { CsvError } from "csv-parse";
import { type CsvRecord, csvRecords } from "./csv-records.ts";
import { checkColumns, type Row, type Table, UnreadableFile } from "./rows.ts";
import { type Value, valueOfText } from "./value.ts";

const delimiters = [",", ";", "\t", "|"];

/**
 * Reads a CSV file in UTF-8 whose first line names the columns; the delimiter is detected from that line. Rows are yielded as they are
 * read.
 * @throws UnreadableFile with the line, now or while rows are read.
 */
export async function csvTable(body: Readable): Promise<Table> {
  const text = decoded(body)[Symbol.asyncIterator]();
  const head = await readHead(text);
  if (head.trim() === "") throw new UnreadableFile("The file is empty.", { line: 1 });
  async function* readAll() {
    yield head;
    yield* { [Symbol.asyncIterator]: () => text };
  }
  const records = csvRecords(readAll(), { delimiter: delimiterOf(head), lineEnds: lineEndsOf(head) });
  const header = await nextRecord(records, []);
  if (!header) throw new UnreadableFile("The file is empty.", { line: 1 });
  const columns = csvColumnNames(header.record);
  return { columns, rows: rowsOf(records, columns) };
}

/**
 * Returns the column names of the header; a nameless column, such as the index of a data frame, is named after its position. @throws
 * UnreadableFile
 */
export function csvColumnNames(header: readonly string[]): string[] {
  const columns = header.map((name, index) => name.trim() || `column ${index + 1}`);
  checkColumns(columns, 1);
  return columns;
}

/**
 * Yields the rows of the rest of a CSV file, from the start of one of its lines.
 * @param options.lines lines before. @param options.lineEnd as after the header. @throws UnreadableFile with the line, while rows are read.
 */
export async function* csvRest(
  body: AsyncIterable<Buffer>,
  options: { columns: string[]; delimiter: string; lineEnd: string; lines: number },
): AsyncGenerator<Row> {
  const { columns, delimiter, lineEnd, lines } = options;
  // A prepended header gives the parser the number of fields and the line end.
  async function* readAll() {
    yield columns.map(() => "-").join(delimiter) + lineEnd;
    yield* decoded(body, lines + 1);
  }
  const records = csvRecords(readAll(), { delimiter, lineEnds: lineEndsOf(lineEnd) });
  await nextRecord(records, columns, lines - 1);
  yield* rowsOf(records, columns, lines - 1);
}

/** Longest first line that is searched for a delimiter; a longer one is no row either. */
const maxHeadCharacters = 4 * 2 ** 20;

/** Reads up to the end of the first line: a chunk may end anywhere in it. */
async function readHead(text: AsyncIterator<string>): Promise<string> {
  let head = "";
  while (!hasLine(head) && head.length < maxHeadCharacters) {
    const next = await text.next();
    if (next.done) break;
    head += next.value;
  }
  return head;
}

/** Whether a text has a complete line that is not empty, and what follows shows how it ends. */
function hasLine(text: string): boolean {
  const start = firstLineStart(text);
  if (text.indexOf("\n", start) >= 0) return true;
  const at = text.indexOf("\r", start);
  return at >= 0 && at < text.length - 1;
}

function firstLineStart(text: string): number {
  let at = text.startsWith("\uFEFF") ? 1 : 0;
  while (text[at] === "\r" || text[at] === "\n") at += 1;
  return at;
}

/** Line ends of a file, by its first: a file may mix "\r\n" and "\n", while "\r" alone ends lines only where nothing else does. */
function lineEndsOf(head: string): string[] {
  return head.includes("\n") ? ["\r\n", "\n"] : ["\r"];
}

async function* rowsOf(records: AsyncIterator<CsvRecord>, columns: string[], linesBefore = 0): AsyncGenerator<Row> {
  // The parser counts a line break of two characters inside quotation marks as two lines.
  let countedTwice = 0;
  const read = rememberedValues();
  try {
    for (;;) {
      const next = await nextRecord(records, columns, linesBefore - countedTwice);
      if (!next) return;
      const { record, lines } = next;
      const breaks = occurrences(record, "\n");
      if (breaks > 0) countedTwice += occurrences(record, "\r\n");
      yield { at: linesBefore + lines - countedTwice - breaks, values: record.map(read) };
    }
  } finally {
    await records.return?.();
  }
}

/** Texts of a column that are remembered. */
export const maxCached = 20_000;

/** Returns a valueOfText with a cache for short texts: columns repeat values, and times are slow to parse. */
function rememberedValues(): (cell: string) => Value {
  const known = new Map<string, Value>();
  return (cell) => {
    const found = known.get(cell);
    if (found !== undefined) return found;
    const value = valueOfText(cell);
    if (known.size < maxCached && cell.length < 40) known.set(cell, value);
    return value;
  };
}

function occurrences(cells: readonly string[], text: string): number {
  return cells.reduce((sum, cell) => sum + (cell.includes(text) ? cell.split(text).length - 1 : 0), 0);
}

async function nextRecord(
  records: AsyncIterator<CsvRecord>,
  columns: readonly string[],
  linesBefore = 0,
): Promise<CsvRecord | undefined> {
  try {
    const { done, value } = await records.next();
    return done ? undefined : value;
  } catch (error) {
    throw error instanceof CsvError ? explain(error, columns, linesBefore) : error;
  }
}

function explain(error: CsvError, columns: readonly string[], linesBefore: number): UnreadableFile {
  const { lines } = error as unknown as { lines?: number };
  const line = linesBefore + (lines ?? 1);
  const at = (error as unknown as { column?: number | string }).column;
  const column = typeof at === "number" ? columns[at] : undefined;
  const inColumn = column === undefined ? "" : ` in column "${column}"`;
  const afterLine = column === undefined ? "" : `, column "${column}"`;
  switch (error.code) {
    case "CSV_RECORD_INCONSISTENT_FIELDS_LENGTH": {
      const { record = [] } = error as unknown as { record?: unknown[] };
      const words = `Line ${line} has ${record.length} fields; the header has ${columns.length}.`;
      return new UnreadableFile(words, { line, column: columns[record.length] });
    }
    case "CSV_QUOTE_NOT_CLOSED":
      return new UnreadableFile(`A quotation mark${inColumn} is never closed; it was opened before line ${line}.`, {
        line,
        column,
      });
    case "CSV_MAX_RECORD_SIZE":
      return new UnreadableFile(
        `The row at line ${line} is longer than 4\u00a0MiB; a closing quotation mark may be missing.`,
        { line, column },
      );
    default:
      return new UnreadableFile(`Unexpected quotation mark in line ${line}${afterLine}.`, { line, column });
  }
}

/** Decodes bytes as UTF-8 text. @throws UnreadableFile with the invalid line. */
async function* decoded(body: AsyncIterable<Buffer>, firstLine = 1): AsyncGenerator<string> {
  // The mark at the start of a file is removed by the parser; elsewhere it is part of a value.
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let line = firstLine;
  for await (const chunk of body) {
    let text: string;
    try {
      text = decoder.decode(chunk, { stream: true });
    } catch {
      throw notText(line + linesBeforeBadBytes(chunk));
    }
    if (text === "") continue;
    if (text.includes("\0")) throw notText(line + (text.slice(0, text.indexOf("\0")).split("\n").length - 1));
    line += text.split("\n").length - 1;
    yield text;
  }
  try {
    decoder.decode();
  } catch {
    throw notText(line);
  }
}

function notText(line: number): UnreadableFile {
  return new UnreadableFile(`Line ${line} is not valid UTF-8. Save the file as UTF-8 CSV.`, { line });
}

function linesBeforeBadBytes(chunk: Buffer): number {
  let lines = 0;
  for (let start = 0; start < chunk.length; lines++) {
    const end = chunk.indexOf(10, start);
    const bytes = chunk.subarray(start, end === -1 ? chunk.length : end);
    // The first piece may go on in the middle of a character of the chunk before.
    if (lines > 0 && !isUtf8(bytes)) return lines;
    if (end === -1) break;
    start = end + 1;
  }
  return 0;
}

function isUtf8(bytes: Buffer): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Returns the delimiter that occurs most often in the first line, outside quotation marks. */
export function delimiterOf(head: string): string {
  const line = (/^[^\r\n]*/.exec(head.slice(firstLineStart(head)))?.[0] ?? "").replace(/"[^"]*"/g, "");
  const counts = delimiters.map((delimiter) => line.split(delimiter).length);
  return delimiters[counts.indexOf(Math.max(...counts))] ?? ",";
}
