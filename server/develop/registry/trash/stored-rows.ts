import { type SQL, sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";

/** Rows of one table, as Postgres writes them in JSON. */
export interface StoredRows {
  table: string;
  rows: Record<string, unknown>[];
}

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

/** Restores rows to their tables. A column added since gets its default, a removed column is skipped. */
export async function restoreRows(ctx: Context, kept: readonly StoredRows[]): Promise<void> {
  for (const { table, rows } of kept) {
    const [first] = rows;
    if (!first) continue;
    const { rows: known } = await ctx.db.execute<{ name: string }>(sql`
      select attname as name from pg_attribute
      where attrelid = ${table}::regclass and attnum > 0 and not attisdropped`);
    const names = known.map(({ name }) => name).filter((name) => name in first);
    const columns = sql.join(
      names.map((name) => sql.identifier(name)),
      sql`, `,
    );
    await ctx.db.execute(sql`
      insert into ${sql.identifier(table)} (${columns}) overriding system value
      select ${columns} from jsonb_populate_recordset(null::${sql.identifier(table)}, ${JSON.stringify(rows)}::jsonb)`);
  }
}

/** Returns the tables whose rows are deleted with those of a table, and the columns of their foreign keys. */
async function referring(
  ctx: Context,
  table: string,
): Promise<{ child: string; columns: string[]; parents: string[] }[]> {
  const names = (relation: SQL, numbers: SQL) => sql`(
    select array_agg(attname::text order by position) from unnest(${numbers}) with ordinality as key (number, position)
    join pg_attribute on attrelid = ${relation} and attnum = number)`;
  const { rows } = await ctx.db.execute<{ child: string; columns: string[]; parents: string[] }>(sql`
    select relname as child, ${names(sql`conrelid`, sql`conkey`)} as columns, ${names(sql`confrelid`, sql`confkey`)} as parents
    from pg_constraint join pg_class on pg_class.oid = conrelid
    where contype = 'f' and confdeltype = 'c' and conparentid = 0 and confrelid = ${table}::regclass
    order by relname`);
  return rows;
}

async function select(ctx: Context, query: SQL): Promise<Record<string, unknown>[]> {
  const { rows } = await ctx.db.execute<{ row: Record<string, unknown> }>(query);
  return rows.map(({ row }) => row);
}
