import { type SQL, sql } from "drizzle-orm";
import type { SortKind, SortValue } from "./page-token.ts";

/** One expression that rows are sorted by. It is never null. */
export interface SortColumn {
  value: SQL;
  kind: SortKind;
  isDescending: boolean;
}

/** Rank of an order in which all values rank equally; a constant that Postgres removes from it. */
const noRank: SortColumn = { value: sql`0::integer`, kind: "number", isDescending: false };

/** Returns the columns of sortBy for a value that is neither missing nor NaN: unchanged, so that an index can provide their order. */
export function sortByPresent(value: SQL, type: "text" | "number", isDescending: boolean): SortColumn[] {
  return [noRank, { value: type === "text" ? sql`${value} collate "C"` : value, kind: type, isDescending }];
}

/**
 * Returns columns that sort by a value that may be missing: numbers first, then NaN, then missing, in both directions; text by bytes,
 * independent of the database's collation.
 */
export function sortBy(value: SQL, type: "text" | "integer" | "double", isDescending: boolean): SortColumn[] {
  const missing = type === "double" ? sql`when ${value} = 'NaN' then 1` : sql``;
  const rank = sql`(case when ${value} is null then 2 ${missing} else 0 end)`;
  const present =
    type === "text"
      ? sql`coalesce(${value}, '') collate "C"`
      : type === "double"
        ? sql`coalesce(nullif(${value}, 'NaN'), 0)`
        : sql`coalesce(${value}, 0)`;
  return [
    { value: rank, kind: "number", isDescending: false },
    { value: present, kind: type === "text" ? "text" : "number", isDescending },
  ];
}

export function orderSql(columns: readonly SortColumn[]): SQL {
  return sql.join(
    columns.map(({ value, isDescending }) => (isDescending ? sql`${value} desc` : sql`${value}`)),
    sql`, `,
  );
}

/** Returns the columns of the select list, named s0, s1 …, that the next token is built from. */
export function sortValuesSql(columns: readonly SortColumn[]): SQL {
  return sql.join(
    columns.map(({ value }, index) => sql`${value} as ${sql.identifier(`s${index}`)}`),
    sql`, `,
  );
}

export function sortValuesOf(row: Record<string, unknown>, columns: readonly SortColumn[]): SortValue[] {
  return columns.map((_, index) => row[`s${index}`] as SortValue);
}

/** Returns the condition that a row comes after one with these values. */
export function afterSql(columns: readonly SortColumn[], after: readonly SortValue[]): SQL {
  const [column, ...others] = columns;
  const [value, ...otherValues] = after;
  if (!column || value === undefined) return sql`false`;
  const bound = column.kind === "text" ? sql`${value}::text` : sql`${value}::double precision`;
  const beyond = sql.raw(column.isDescending ? "<" : ">");
  const next = sql`(${column.value} = ${bound} and ${afterSql(others, otherValues)})`;
  // The first bound is implied by the rest, but only so can an index be used.
  return sql`(${column.value} ${beyond}= ${bound} and (${column.value} ${beyond} ${bound} or ${next}))`;
}

/** Pattern of a number. Longer texts are unlikely to be meant as numbers, and might be too large for one. */
const numberPattern = "^[+-]?([0-9]{1,40}([.][0-9]{0,40})?|[.][0-9]{1,40})([eE][+-]?[0-9]{1,2})?$";

/** Converts a text to its numeric value; null if it is not a number. */
export function numberOf(value: SQL): SQL {
  return sql`(case when ${value} ~ ${numberPattern} then ${value}::double precision end)`;
}

/** Returns columns that sort text by its numeric value: numbers first, then other text by bytes, then missing, in both directions. */
export function sortByNumber(value: SQL, isDescending: boolean): SortColumn[] {
  const number = numberOf(value);
  const rank = sql`(case when ${value} is null then 2 when ${value} ~ ${numberPattern} then 0 else 1 end)`;
  return [
    { value: rank, kind: "number", isDescending: false },
    { value: sql`coalesce(${number}, 0)`, kind: "number", isDescending },
    { value: sql`coalesce(${value}, '') collate "C"`, kind: "text", isDescending },
  ];
}
