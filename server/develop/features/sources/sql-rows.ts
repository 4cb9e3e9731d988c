import { createHash } from "node:crypto";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { parseExactJson } from "#server/base/exact-json.ts";
import type { NetworkRules } from "#server/platform/network/network-rules.ts";
import { maxValueBytes } from "../contract.ts";
import type { MaterialisationInput } from "../materialisations/contract.ts";
import { identifier } from "../offline/engine/sql-text.ts";
import { connectionUrl } from "./connections/lookups.ts";
import { openConnection, type ReadConnection } from "./connections/open-connection.ts";
import {
  type Place,
  pageLimits,
  type ReadColumn,
  type Reading,
  type SourcePage,
  type SourceRows,
} from "./source-rows.ts";

/** Numbers of Postgres's types: pg_type.dat. */
const oid = { bool: 16, bytea: 17, int8: 20, int2: 21, int4: 23, json: 114, float4: 700, float8: 701, numeric: 1700 };
const times = new Set([1082, 1114, 1184]);
const jsonb = 3802;
const arrays = new Set([1000, 1001, 1005, 1007, 1009, 1014, 1015, 1016, 1021, 1022, 1115, 1182, 1185, 1231, 2951]);

/** A column as it is read: its expression, and how its text becomes a cell. */
interface SqlColumn extends ReadColumn {
  expression: string;
  cell: (text: string) => unknown;
  /** Whether its cells may be of any length. */
  isLong: boolean;
}

/**
 * Opens the rows of a query, in the order of their event times, by a cursor in a transaction that only reads. The caller closes it.
 * @throws DomainError "invalid" for what the database refuses, and a query that lacks a column; "unavailable"
 */
export async function openSqlRows(
  ctx: Context,
  reading: Reading,
  input: MaterialisationInput,
  { network, signal }: { network: NetworkRules; signal?: AbortSignal | undefined },
): Promise<SourceRows> {
  const query = reading.source.options.query ?? "";
  const url = await connectionUrl(ctx, input.connection ?? "");
  const connection = await openConnection(url, network, signal);
  try {
    // On a line of its own, so that a comment at the end of the query hides nothing.
    const relation = `(\n${query.replace(/;\s*$/, "")}\n) AS source`;
    const { fields } = await connection.query(`SELECT * FROM ${relation} LIMIT 0`);
    const columns = sqlColumns(reading, fields);
    return {
      // Counting would read everything twice.
      total: null,
      fingerprint: createHash("sha256")
        .update(JSON.stringify([input.connection, query]))
        .digest("hex"),
      pages: (after) => pages(connection, { relation, columns, reading }, after),
      close: () => connection.close(),
    };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

function sqlColumns(reading: Reading, fields: readonly { name: string; type: number }[]): SqlColumn[] {
  const types = new Map(fields.map(({ name, type }) => [name, type]));
  return reading.columns.map((column) => {
    const type = types.get(column.from);
    if (type === undefined) {
      const message = `The query of "${reading.source.name}" has no column "${column.from}".`;
      throw new DomainError("invalid", message);
    }
    if (column.role === "event" && !times.has(type)) {
      throw new DomainError("invalid", `The column "${column.from}" of the query holds no times.`);
    }
    return { ...column, ...cellOf(identifier(column.from), type, column.type) };
  });
}

/** How a column is read, and whether its cells may be of any length. */
type CellReading = Pick<SqlColumn, "expression" | "cell" | "isLong">;

function cellOf(name: string, type: number, wanted: string): CellReading {
  const short = (expression: string, cell: SqlColumn["cell"]): CellReading => ({ expression, cell, isLong: false });
  if (times.has(type) && wanted === "timestamp") return short(microseconds(name), BigInt);
  if (arrays.has(type)) return long(`to_json(${name})::text`, parsedJson);
  switch (type) {
    case oid.bool:
      return short(name, (text) => text === "t");
    case oid.int2:
    case oid.int4:
    case oid.int8:
      // A number is seconds to some, milliseconds to others.
      return short(name, wanted === "timestamp" ? (text) => text : BigInt);
    case oid.float4:
    case oid.float8:
      return short(name, Number);
    case oid.numeric:
      return long(`${name}::text`, (text) => (/^-?\d+$/.test(text) ? BigInt(text) : Number(text)));
    case oid.bytea: {
      const start = `substring(${name} FROM 1 FOR ${maxValueBytes + 1})`;
      return { expression: `encode(${start}, 'hex')`, cell: (text) => Buffer.from(text, "hex"), isLong: true };
    }
    case oid.json:
    case jsonb:
      // A list of JSON is one of values; any other JSON stays a text.
      return long(`${name}::text`, wanted.startsWith("list<") ? parsedJson : (text) => text);
    default:
      return long(`${name}::text`, (text) => text);
  }
}

/** Reads of a text as much as tells that it is longer than a value may be. */
function long(text: string, cell: SqlColumn["cell"]): CellReading {
  return { expression: `left(${text}, ${maxValueBytes + 1})`, cell, isLong: true };
}

/** A text that was cut off stays one, and is refused for its length. */
function parsedJson(text: string): unknown {
  return text.length > maxValueBytes ? text : parseExactJson(text);
}

/** Postgres has microseconds, so nothing is rounded. An infinite time is none. */
function microseconds(name: string): string {
  return `CASE WHEN isfinite(${name}) THEN round(extract(epoch FROM ${name}) * 1000000)::int8 END`;
}

async function* pages(
  connection: ReadConnection,
  {
    relation,
    columns,
    reading: { range, isLatest },
  }: { relation: string; columns: readonly SqlColumn[]; reading: Reading },
  after: Place | null,
): AsyncGenerator<SourcePage> {
  const names = columns.map(({ name }) => name);
  const eventAt = columns.findIndex(({ role }) => role === "event");
  const event = identifier(columns[eventAt]?.from ?? "");
  const from = after?.eventAt ?? range.from;
  // Rows with one time are all read again: in another state of the database, those before the place may be others.
  const order = columns.filter(({ role }) => role !== "feature").map(({ from }) => identifier(from));
  const rows = `FROM ${relation} WHERE ${event} BETWEEN ${timeOf(from)} AND ${timeOf(range.to)}`;
  const keys = columns.filter(({ role }) => role === "key").map(({ from }) => identifier(from));
  const created = columns
    .filter(({ role }) => role === "created")
    .map(({ from }) => `${identifier(from)} DESC NULLS LAST`);
  const newest = [...keys, `${event} DESC`, ...created].join(", ");
  const latest = `FROM (SELECT DISTINCT ON (${keys.join(", ") || "1"}) * ${rows} ORDER BY ${newest}) AS latest`;
  await connection.query(`DECLARE leeway_rows NO SCROLL CURSOR FOR
    SELECT ${columns.map(({ expression }) => expression).join(", ")} ${isLatest ? latest : rows}
    ORDER BY ${[event, ...order].join(", ")}`);
  let place: Place = after ?? { row: 0, eventAt: null };
  let repeats = place.row;
  for await (const cells of rowsInPages(connection, columns)) {
    const firstNew = cells.findIndex((row, index) => index >= repeats || Number(row[eventAt]) !== place.eventAt);
    const repeated = firstNew === -1 ? cells : cells.slice(0, firstNew);
    repeats = firstNew === -1 ? repeats - cells.length : 0;
    if (repeated.length > 0) {
      yield { columns: toColumns(names, repeated), rows: repeated.length, after: place, isRepeated: true };
    }
    const others = cells.slice(repeated.length);
    if (others.length === 0) continue;
    for (const row of others) {
      const at = Number(row[eventAt]);
      place = { eventAt: at, row: at === place.eventAt ? place.row + 1 : 1 };
    }
    yield { columns: toColumns(names, others), rows: others.length, after: place };
  }
}

/** Rows of the first statement where cells may be of any length, and the maximum of any other. */
const firstRows = 100;
const maxRows = 1_000;

/**
 * Fetches the rows of the cursor, in pages of limited bytes. A statement cannot be limited by bytes: where cells may be of any length it asks for as
 * many rows as would fill the page if all were as long as the longest of the last statement, and at most for twice as many as that.
 */
async function* rowsInPages(connection: ReadConnection, columns: readonly SqlColumn[]): AsyncGenerator<unknown[][]> {
  const limits = pageLimits(columns.length);
  const isLong = columns.some((column) => column.isLong);
  let next = isLong ? firstRows : limits.rows;
  let page: unknown[][] = [];
  let bytes = 0;
  for (;;) {
    const count = Math.min(next, limits.rows - page.length);
    const { rows } = await connection.query(`FETCH FORWARD ${count} FROM leeway_rows`);
    let longest = 1;
    for (const row of rows) {
      let rowBytes = 0;
      for (const text of row) rowBytes += text?.length ?? 0;
      longest = Math.max(longest, rowBytes);
      bytes += rowBytes;
      page.push(row.map((text, index) => (text === null ? null : columns[index]?.cell(text))));
    }
    const isLast = rows.length < count;
    if (page.length > 0 && (isLast || page.length >= limits.rows || bytes >= limits.bytes)) {
      yield page;
      [page, bytes] = [[], 0];
    }
    if (isLast) return;
    if (isLong) next = Math.max(1, Math.min(maxRows, 2 * next, Math.floor((limits.bytes - bytes) / longest)));
  }
}

/** Puts rows into columns by name. */
function toColumns(names: readonly string[], rows: readonly (readonly unknown[])[]): Record<string, unknown[]> {
  return Object.fromEntries(names.map((name, index) => [name, rows.map((row) => row[index])]));
}

/** Writes a time; those before 4713 BC are earlier than every time of Postgres. */
function timeOf(us: number): string {
  return `TIMESTAMP WITH TIME ZONE 'epoch' + ${us} * INTERVAL '1 microsecond'`;
}
