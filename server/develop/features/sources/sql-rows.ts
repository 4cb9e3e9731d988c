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
  const sorted = [...new Set([event, ...order])];
  const rows = `FROM ${relation} WHERE ${event} BETWEEN ${timeOf(from)} AND ${timeOf(range.to)}`;
  const keys = columns.filter(({ role }) => role === "key").map(({ from }) => identifier(from));
  const created = columns
    .filter(({ role }) => role === "created")
    .map(({ from }) => `${identifier(from)} DESC NULLS LAST`);
  const newest = [...keys, `${event} DESC`, ...created].join(", ");
  const latest = `FROM (SELECT DISTINCT ON (${keys.join(", ") || "1"}) * ${rows} ORDER BY ${newest}) AS latest`;
  await connection.query(
    `DECLARE leeway_rows NO SCROLL CURSOR FOR ${withBytesAhead(columns, isLatest ? latest : rows, sorted)}`,
  );
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

/** So many rows a statement asks for, if they fit the page: the first number of them that does. */
const rowsAhead = [1_000, 30];

/**
 * Selects the cells of columns in an order. Where some may be of any length, each row also has the bytes of so many rows after it (rowsAhead): a
 * statement cannot be limited by bytes, and what the rows before were like says nothing of the next.
 */
function withBytesAhead(columns: readonly SqlColumn[], rows: string, sorted: readonly string[]): string {
  const sizes = columns.flatMap(({ isLong }, index) => (isLong ? [`coalesce(octet_length(c${index}), 0)::int8`] : []));
  const expressions = columns.map(({ expression }) => expression);
  if (sizes.length === 0) return `SELECT ${expressions.join(", ")} ${rows} ORDER BY ${sorted.join(", ")}`;
  const cells = expressions.map((expression, index) => `${expression} AS c${index}`);
  const times = sorted.map((expression, index) => `${expression} AS o${index}`);
  const order = sorted.map((_, index) => `o${index}`).join(", ");
  // OFFSET keeps it a query of its own, so that cells are computed once.
  const selected = `(SELECT ${[...cells, ...times].join(", ")} ${rows} ORDER BY ${order} OFFSET 0) AS cells`;
  const names = columns.map((_, index) => `c${index}`);
  const ahead = rowsAhead.map(
    (count) => `sum(${sizes.join(" + ")}) OVER (sorted ROWS BETWEEN 1 FOLLOWING AND ${count} FOLLOWING)`,
  );
  return `SELECT ${[...names, ...ahead].join(", ")} FROM ${selected} WINDOW sorted AS (ORDER BY ${order}) ORDER BY ${order}`;
}

/** Fetches the rows of the cursor, in pages of limited bytes. */
async function* rowsInPages(connection: ReadConnection, columns: readonly SqlColumn[]): AsyncGenerator<unknown[][]> {
  const limits = pageLimits(columns.length);
  const long = columns.filter(({ isLong }) => isLong).length;
  /** As many as fill a page if all of their cells are as long as a value may be. */
  const longRows = Math.max(1, Math.floor(limits.bytes / (long * maxValueBytes)));
  let next = long === 0 ? limits.rows : longRows;
  let page: unknown[][] = [];
  let bytes = 0;
  for (;;) {
    const count = Math.min(next, limits.rows - page.length);
    const { rows } = await connection.query(`FETCH FORWARD ${count} FROM leeway_rows`);
    for (const row of rows) {
      const cells = row.slice(0, columns.length);
      for (const text of cells) bytes += text?.length ?? 0;
      page.push(cells.map((text, index) => (text === null ? null : columns[index]?.cell(text))));
    }
    const isLast = rows.length < count;
    if (page.length > 0 && (isLast || page.length >= limits.rows || bytes >= limits.bytes)) {
      yield page;
      [page, bytes] = [[], 0];
    }
    if (isLast) return;
    if (long === 0) continue;
    const ahead = rows.at(-1)?.slice(columns.length) ?? [];
    next = rowsAhead.find((_, index) => Number(ahead[index]) <= limits.bytes - bytes) ?? longRows;
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
