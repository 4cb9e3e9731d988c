import { type SQL, sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";

/** Rows of one table, as Postgres writes them in JSON. */
export interface StoredRows {
  table: string;
  rows: Record<string, unknown>[];
}

/**
 * Tables of rows that a deletion deletes, but that no trash keeps: the raw counts of a rollout, of which there may be one for each of a
 * million keys, whose decisions and evidence stay; and rows of evaluations that are not finished. A test asks for a decision about each table that
 * is added.
 */
export const notStored: readonly string[] = ["evaluation_parts", "rollout_counts", "rollout_outcomes", "rollout_units"];

/** References nest three deep today; more than this is a circle. */
const maxDepth = 10;

/**
 * Collects a row with every row that its deletion would delete, parents first. Reads the references from the database, so that it
 * covers tables that are added later.
 * @param where selects the row among those of the table.
 */
export async function collectRows(ctx: Context, table: string, where: SQL): Promise<StoredRows[]> {
  const found = new Map<string, { depth: number; rows: Map<string, Record<string, unknown>> }>();
  async function keep(name: string, rows: Record<string, unknown>[], depth: number): Promise<void> {
    if (depth > maxDepth) throw new Error(`References to ${table} go in a circle.`);
    const kept = found.get(name) ?? { depth, rows: new Map() };
    kept.depth = Math.max(kept.depth, depth);
    for (const row of rows) kept.rows.set(JSON.stringify(row), row);
    found.set(name, kept);
    for (const { child, columns, parents } of await referring(ctx, name)) {
      if (notStored.includes(child)) continue;
      const pairs = columns.map(
        (column, index) => sql`child.${sql.identifier(column)} = parent.${sql.identifier(parents[index] ?? "")}`,
      );
      const below = await select(
        ctx,
        sql`select to_jsonb(child) as row from ${sql.identifier(child)} as child
          join jsonb_populate_recordset(null::${sql.identifier(name)}, ${JSON.stringify(rows)}::jsonb) as parent
          on ${sql.join(pairs, sql` and `)}`,
      );
      if (below.length > 0) await keep(child, below, depth + 1);
    }
  }
  await keep(
    table,
    await select(ctx, sql`select to_jsonb(t) as row from ${sql.identifier(table)} as t where ${where}`),
    0,
  );
  return [...found]
    .sort(([, a], [, b]) => a.depth - b.depth)
    .map(([name, { rows }]) => ({ table: name, rows: [...rows.values()] }));
}

/**
 * Restores rows to their tables. A column added since gets its default, a removed column is skipped. A row whose owner was deleted in the
 * meantime, such as the deployment to an endpoint that is gone, is left out; any other reference to something deleted becomes null.
 */
export async function restoreRows(ctx: Context, kept: readonly StoredRows[]): Promise<void> {
  const pending = new Map(kept.map((stored) => [stored.table, stored]));
  const references = new Map<string, Reference[]>();
  for (const table of pending.keys()) references.set(table, await referencesOf(ctx, table));
  const isReady = (table: string) =>
    (references.get(table) ?? []).every(({ parent }) => parent === table || !pending.has(parent));
  while (pending.size > 0) {
    const tables = [...pending.keys()];
    // What is referred to comes first; of a circle, any.
    const table = tables.find(isReady) ?? (tables[0] as string);
    await restoreTable(ctx, table, pending.get(table)?.rows ?? [], references.get(table) ?? []);
    pending.delete(table);
  }
}

async function restoreTable(
  ctx: Context,
  table: string,
  rows: readonly Record<string, unknown>[],
  references: readonly Reference[],
): Promise<void> {
  const [first] = rows;
  if (!first) return;
  const { rows: known } = await ctx.db.execute<{ name: string }>(sql`
    select attname as name from pg_attribute
    where attrelid = ${table}::regclass and attnum > 0 and not attisdropped`);
  const names = known.map(({ name }) => name).filter((name) => name in first);
  const columns = sql.join(
    names.map((name) => sql.identifier(name)),
    sql`, `,
  );
  const values = names.map((name) => {
    const value = sql`stored.${sql.identifier(name)}`;
    const optional = references.find((one) => one.isOptional && one.columns.length === 1 && one.columns[0] === name);
    return optional ? sql`case when ${isThere(optional)} then ${value} end` : value;
  });
  const owned = references.filter(({ isOptional }) => !isOptional).map(isThere);
  await ctx.db.execute(sql`
    insert into ${sql.identifier(table)} (${columns}) overriding system value
    select ${sql.join(values, sql`, `)}
    from jsonb_populate_recordset(null::${sql.identifier(table)}, ${JSON.stringify(rows)}::jsonb) as stored
    where ${sql.join([sql`true`, ...owned], sql` and `)}`);
}

interface Reference {
  columns: string[];
  parent: string;
  parentColumns: string[];
  /** Whether the column becomes null when the row that it refers to is deleted. */
  isOptional: boolean;
}

/** Whether what a stored row refers to exists, or it refers to nothing. */
function isThere({ columns, parent, parentColumns }: Reference): SQL {
  const isNone = sql.join(
    columns.map((column) => sql`stored.${sql.identifier(column)} is null`),
    sql` or `,
  );
  const pairs = columns.map(
    (column, index) => sql`parent.${sql.identifier(parentColumns[index] ?? "")} = stored.${sql.identifier(column)}`,
  );
  return sql`(${isNone} or exists (select from ${sql.identifier(parent)} as parent where ${sql.join(pairs, sql` and `)}))`;
}

/** Returns the names of the columns with the given numbers, in their order. */
const columnNames = (relation: SQL, numbers: SQL) => sql`(
  select array_agg(attname::text order by position) from unnest(${numbers}) with ordinality as key (number, position)
  join pg_attribute on attrelid = ${relation} and attnum = number)`;

/** Returns what the rows of a table refer to. */
async function referencesOf(ctx: Context, table: string): Promise<Reference[]> {
  const { rows } = await ctx.db.execute<{
    columns: string[];
    parent: string;
    parents: string[];
    is_optional: boolean;
  }>(sql`
    select ${columnNames(sql`conrelid`, sql`conkey`)} as columns, relname as parent,
      ${columnNames(sql`confrelid`, sql`confkey`)} as parents, confdeltype = 'n' as is_optional
    from pg_constraint join pg_class on pg_class.oid = confrelid
    where contype = 'f' and conparentid = 0 and conrelid = ${table}::regclass
    order by conname`);
  return rows.map(({ columns, parent, parents, is_optional: isOptional }) => ({
    columns,
    parent,
    parentColumns: parents,
    isOptional,
  }));
}

/** Returns the tables whose rows are deleted with those of a table, and the columns of their foreign keys. */
async function referring(
  ctx: Context,
  table: string,
): Promise<{ child: string; columns: string[]; parents: string[] }[]> {
  const { rows } = await ctx.db.execute<{ child: string; columns: string[]; parents: string[] }>(sql`
    select relname as child, ${columnNames(sql`conrelid`, sql`conkey`)} as columns,
      ${columnNames(sql`confrelid`, sql`confkey`)} as parents
    from pg_constraint join pg_class on pg_class.oid = conrelid
    where contype = 'f' and confdeltype = 'c' and conparentid = 0 and confrelid = ${table}::regclass
    order by relname`);
  return rows;
}

async function select(ctx: Context, query: SQL): Promise<Record<string, unknown>[]> {
  const { rows } = await ctx.db.execute<{ row: Record<string, unknown> }>(query);
  return rows.map(({ row }) => row);
}
