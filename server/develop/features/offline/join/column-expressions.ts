import { identifier } from "../engine/sql-text.ts";

/** Kinds of join keys. Integers of every width are one kind. */
export type KeyKind = "integer" | "text" | "bytes" | "boolean" | "time";

/** A column of a table, with its type in DuckDB's words. */
export interface TypedColumn {
  name: string;
  type: string;
}

const integers = /^U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)$/;
const fractions = /^(FLOAT|DOUBLE|DECIMAL\(.*\))$/;
const times = /^(TIMESTAMP(_S|_MS|_NS)?|TIMESTAMP WITH TIME ZONE|DATE)$/;

/** Whether a column holds times. Those without a zone are in UTC. */
export function isTime({ type }: TypedColumn): boolean {
  return times.test(type);
}

/**
 * Writes a key as the join compares it: integers as BIGINT, times as microseconds, texts and bytes as they are. A number that is no integer of
 * 64 bits, or a time between two microseconds, equals no key and is null.
 * @returns undefined if a column of this type cannot hold such a key
 */
export function keyExpression(kind: KeyKind, column: TypedColumn, table?: string): string | undefined {
  const { type } = column;
  const cell = cellOf(column, table);
  switch (kind) {
    case "integer":
      // pandas makes numbers with fractions of integers as soon as one is missing.
      if (fractions.test(type)) return `CASE WHEN ${cell} = trunc(${cell}) THEN TRY_CAST(${cell} AS BIGINT) END`;
      if (type === "BIGINT") return cell;
      return integers.test(type) ? `TRY_CAST(${cell} AS BIGINT)` : undefined;
    case "text":
      // A CSV file does not say that its digits are a text; look-ups convert them as well.
      if (integers.test(type)) return `CAST(${cell} AS VARCHAR)`;
      return type === "VARCHAR" ? cell : undefined;
    case "bytes":
      return type === "BLOB" ? cell : undefined;
    case "boolean":
      return type === "BOOLEAN" ? cell : undefined;
    case "time":
      if (type === "TIMESTAMP_NS") return `CASE WHEN epoch_ns(${cell}) % 1000 = 0 THEN epoch_ns(${cell}) // 1000 END`;
      return times.test(type) ? microseconds(column, "down", table) : undefined;
  }
}

/**
 * Writes a time as microseconds since 1970. Event and created times are rounded up and those of spines down, so that rounding never makes
 * a value known before its time. Infinite times are null.
 */
export function microseconds(column: TypedColumn, rounding: "up" | "down", table?: string): string {
  const cell = cellOf(column, table);
  const { type } = column;
  if (type === "TIMESTAMP_NS") {
    const floored = (ns: string) => `(${ns} - ((${ns} % 1000 + 1000) % 1000)) // 1000`;
    return rounding === "down" ? floored(`epoch_ns(${cell})`) : `-(${floored(`(-epoch_ns(${cell}))`)})`;
  }
  const time = type === "TIMESTAMP" || type === "TIMESTAMP WITH TIME ZONE" ? cell : `CAST(${cell} AS TIMESTAMP)`;
  return `CASE WHEN isfinite(${time}) THEN epoch_us(${time}) END`;
}

function cellOf({ name }: TypedColumn, table: string | undefined): string {
  return table === undefined ? identifier(name) : `${table}.${identifier(name)}`;
}
