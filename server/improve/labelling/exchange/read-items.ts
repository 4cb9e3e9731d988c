import { isUtf8 } from "node:buffer";
import { CsvError } from "csv-parse";
import { DomainError } from "#server/base/errors.ts";
import { limits } from "#server/base/limits.ts";
import { rejectDeepJson } from "#server/base/reject-deep-json.ts";
import { csvRecords } from "#server/develop/datasets/rows/csv-records.ts";
import { splitJsonList } from "./split-json-list.ts";

export type ItemFormat = "json" | "jsonl" | "csv" | "tsv";

/** Tasks of one import, or predictions. */
export const maxImportedTasks = 10_000;

/** Bytes of a file that are read before others get a turn. */
const pieceBytes = 2 ** 18;

/**
 * Reads the items of an import: a JSON list, or one object; a line of JSON each; or the rows of CSV or TSV by the names in the first line, whose
 * values stay text, so that "007" keeps its zeros.
 * @throws DomainError "invalid", which names the item, counted from 0; "too-large" for more than maxImportedTasks
 */
export async function readItems(
  bytes: Buffer,
  format: ItemFormat,
  what: "tasks" | "predictions" = "tasks",
): Promise<unknown[]> {
  if (!isUtf8(bytes)) throw new DomainError("invalid", `The ${what} are not valid UTF-8.`);
  const items: unknown[] = [];
  for await (const item of itemsOf(bytes, format)) {
    if (items.length === maxImportedTasks) {
      const most = maxImportedTasks.toLocaleString("en-US");
      throw new DomainError("too-large", `An import takes ${most} ${what}. Send the others in another one.`);
    }
    items.push(item);
  }
  return items;
}

function itemsOf(bytes: Buffer, format: ItemFormat): AsyncGenerator<unknown> {
  if (format === "csv") return rowsOfFile(bytes, ",");
  if (format === "tsv") return rowsOfFile(bytes, "\t");
  return format === "jsonl" ? linesOfFile(bytes) : itemsOfJson(bytes);
}

/** Whether bytes of JSON begin a list. */
export const isJsonList = (bytes: Buffer) => /^\uFEFF?\s*\[/.test(bytes.toString("utf8", 0, 100));

async function* itemsOfJson(bytes: Buffer): AsyncGenerator<unknown> {
  if (!isJsonList(bytes)) {
    const text = bytes.toString("utf8").replace(/^\uFEFF/, "");
    rejectDeepJson(text);
    yield parsed(text, 0);
    return;
  }
  const start = bytes[0] === 0xef ? 3 : 0;
  let index = 0;
  for await (const part of splitJsonList(bytes.subarray(start))) {
    yield parsed(part.toString("utf8"), index);
    index += 1;
  }
}

async function* linesOfFile(bytes: Buffer): AsyncGenerator<unknown> {
  let index = 0;
  for (let at = 0, turn = 0; at < bytes.length; ) {
    const lineEnd = bytes.indexOf(10, at);
    const end = lineEnd < 0 ? bytes.length : lineEnd;
    const line = bytes
      .toString("utf8", at, end)
      .replace(/^\uFEFF/, "")
      .trim();
    at = end + 1;
    if (line) {
      rejectDeepJson(line);
      yield parsed(line, index);
      index += 1;
    }
    if (at - turn > pieceBytes) {
      turn = at;
      await new Promise(setImmediate);
    }
  }
}

function parsed(text: string, index: number): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : "";
    throw new DomainError("invalid", `JSON parse error at item ${index}: ${reason.slice(0, 200)}`, { cause });
  }
}

async function* rowsOfFile(bytes: Buffer, delimiter: string): AsyncGenerator<unknown> {
  let header: string[] | undefined;
  let index = 0;
  try {
    for await (const { record } of csvRecords(pieces(bytes), { delimiter, lineEnds: ["\r\n", "\n", "\r"] })) {
      if (!header) {
        header = headerOf(record);
        continue;
      }
      yield Object.fromEntries(header.map((name, column) => [name, record[column] ?? ""]));
      index += 1;
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new DomainError("invalid", `Error at item ${index}: ${error.message.slice(0, 300)}`, { cause: error });
  }
}

function headerOf(record: string[]): string[] {
  const empty = record.findIndex((name) => name.trim() === "");
  if (empty >= 0) throw new DomainError("invalid", `Column ${empty + 1} of the first line has no name.`);
  const twice = record.find((name, index) => record.indexOf(name) < index);
  if (twice !== undefined)
    throw new DomainError("invalid", `The first line has the column "${twice.slice(0, 100)}" twice.`);
  if (record.length > limits.listLength) throw new DomainError("invalid", "The file has too many columns.");
  return record;
}

/** Decodes piece by piece; a piece never ends inside a character. */
async function* pieces(bytes: Buffer): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8");
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    yield decoder.decode(bytes.subarray(at, at + pieceBytes), { stream: true });
    await new Promise(setImmediate);
  }
}
