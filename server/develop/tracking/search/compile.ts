import { type SQL, sql } from "drizzle-orm";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { Clause, Filter, Subject, Value } from "./filter.ts";

/** SQL source of a subject's values. */
export interface Source {
  /** Returns the condition that the entity has the subject, with a value that satisfies `test` if one is given. Never null. */
  has(test?: (value: SQL) => SQL): SQL;
  /** Type of the values. NaN, which only a double may be, satisfies no ordering comparison. */
  type: "text" | "integer" | "double";
  /** Numeric form of a source whose values may be numbers or text, for clauses with numbers. */
  asNumber?: Source;
}

/** Turns a filter into a condition. Keys and values become bind parameters; nothing of the filter's text reaches SQL. */
export function compileFilter(filter: Filter, locate: (subject: Subject) => Source): SQL {
  switch (filter.kind) {
    case "and":
    case "or": {
      const parts = filter.parts.map((part) => compileFilter(part, locate));
      return sql`(${sql.join(parts, sql.raw(` ${filter.kind} `))})`;
    }
    case "not":
      return sql`(not ${compileFilter(filter.part, locate)})`;
    default:
      return compileClause(filter, locate(filter.subject));
  }
}

function compileClause(clause: Clause, subject: Source): SQL {
  if (clause.kind === "null") return clause.isNegated ? subject.has() : sql`(not ${subject.has()})`;
  const source =
    subject.asNumber && valuesOf(clause).every((value) => typeof value === "number") ? subject.asNumber : subject;
  return source.has((value) => {
    const test = testOf(clause, value, source.type);
    return clause.isNegated ? sql`(not ${test})` : test;
  });
}

function valuesOf(clause: Exclude<Clause, { kind: "null" }>): Value[] {
  if (clause.kind === "in") return clause.values;
  return clause.kind === "between" ? [clause.low, clause.high] : [clause.value];
}

function testOf(clause: Exclude<Clause, { kind: "null" }>, value: SQL, type: Source["type"]): SQL {
  const bind = (one: Value) => bindAs(one, type);
  if (clause.kind === "in") return sql`${value} in (${sql.join(clause.values.map(bind), sql`, `)})`;
  const ordered = type === "text" ? sql`${value} collate "C"` : value;
  if (clause.kind === "between") {
    return exceptNaN(sql`${ordered} between ${bind(clause.low)} and ${bind(clause.high)}`, value, type);
  }
  const wanted = bind(clause.value);
  switch (clause.comparator) {
    case "=":
      return sql`${value} = ${wanted}`;
    case "!=":
      return sql`${value} <> ${wanted}`;
    case "LIKE":
      return sql`${value} like ${wanted}`;
    case "ILIKE":
      return sql`${value} ilike ${wanted}`;
    case "RLIKE":
      return sql`${value} ~ ${wanted}`;
    default:
      return exceptNaN(sql`${ordered} ${sql.raw(clause.comparator)} ${wanted}`, value, type);
  }
}

/** Postgres sorts NaN above all numbers. */
function exceptNaN(test: SQL, value: SQL, type: Source["type"]): SQL {
  return type === "double" ? sql`(${value} <> 'NaN' and ${test})` : test;
}

function bindAs(value: Value, type: Source["type"]): SQL {
  if (type === "text") return sql`${String(value)}::text`;
  return type === "double" ? sql`${value}::double precision` : sql`${value}::numeric`;
}

/** Returns the source of an attribute that is a column or an expression; null means that the entity has none. */
export function attributeSource(value: SQL, type: Source["type"]): Source {
  return { type, has: (test) => (test ? sql`coalesce(${test(value)}, false)` : sql`(${value} is not null)`) };
}

const patternErrors: Record<string, { message: string; operator?: RegExp }> = {
  "22025": { message: "A pattern cannot end with a backslash.", operator: /\bi?like\s*(?=['"])/gi },
  "2201B": { message: "Invalid or unsupported regular expression.", operator: /\brlike\s*(?=['"])/gi },
  "57014": { message: "The search timed out. Narrow it down." },
};

/** Time limit for regular expressions, which can be crafted to take very long; other searches are bounded by the data they read. */
const maxPatternSeconds = 5;

/**
 * Runs a search, and explains what Postgres finds wrong in the caller's patterns.
 * @param filter as the caller wrote it. @throws DomainError "invalid"
 */
export async function runSearch<Row extends Record<string, unknown>>(
  ctx: Context,
  filter: string,
  search: SQL,
): Promise<Row[]> {
  try {
    if (!/\brlike\b/i.test(filter)) return (await ctx.db.execute(search)).rows as Row[];
    return await transact(ctx, async (ctx) => {
      await ctx.db.execute(sql.raw(`set local statement_timeout = '${maxPatternSeconds}s'`));
      return (await ctx.db.execute(search)).rows as Row[];
    });
  } catch (error) {
    const { code = "" } = ((error as Error).cause ?? error) as { code?: string };
    const known = patternErrors[code];
    throw known ? patternError(filter, known, error) : error;
  }
}

/** Postgres does not say which pattern it means; when there is only one, it is that. */
function patternError(
  filter: string,
  { message, operator }: (typeof patternErrors)[string],
  cause: unknown,
): DomainError {
  const [first, ...others] = operator ? filter.matchAll(operator) : [];
  if (!first || others.length > 0) return new DomainError("invalid", message, { cause });
  const column = first.index + first[0].length + 1;
  return new DomainError("invalid", `${message} (column ${column})`, { cause, column });
}
