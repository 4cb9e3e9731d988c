import { type SQL, sql } from "drizzle-orm";
import { getTableConfig, PgTable } from "drizzle-orm/pg-core";
import { prepared } from "#db/prepared.ts";
import * as schema from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";

/** Names of all tables that hold things of workspaces. */
export const tenantTables = Object.values(schema)
  .filter((table) => table instanceof PgTable)
  .map((table) => getTableConfig(table))
  .filter((table) => table.columns.some((column) => column.name === "workspaceId"))
  .map((table) => table.name);

/** Digests of the rows of a workspace by table. */
export type Fingerprint = ReadonlyMap<string, string>;

const digest = sql.raw("md5(coalesce(string_agg(t::text, '|' order by t::text), ''))");
const workspace = sql.placeholder("workspaceId");
const people = sql`select user_id from memberships where workspace_id = ${workspace}`;
/** Tables of people have no workspace of their own. */
const ofPeople: Record<string, SQL> = { users: sql`id in (${people})`, sessions: sql`user_id in (${people})` };
const names = [...tenantTables, ...Object.keys(ofPeople)];

function digestsOf(tables: readonly string[]): SQL {
  const each = tables.map(
    (name) =>
      sql`select ${sql.raw(`'${name}'`)} as name, ${digest} as digest from ${sql.identifier(name)} as t where ${ofPeople[name] ?? sql`workspace_id = ${workspace}`}`,
  );
  // A function that may change settings keeps Postgres from starting processes that read in parallel, which take longer than all reading.
  return sql`with alone as (select set_config('leeway.reads', 'alone', true)) ${sql.join(each, sql` union all `)}`;
}

/** Prepared, since Postgres takes longer to plan a query of all tables than to run it on the few rows of a test. */
const digestsOfAll = prepared<{ name: string; digest: string }>("fingerprint", digestsOf(names));

/** Tables that the present transaction has written; a partition counts as its table. */
const readWritten = prepared<{ name: string }>(
  "fingerprint.written",
  sql`select distinct coalesce(pg_partition_root(relid), relid)::regclass::text as name from pg_stat_xact_user_tables
    where n_tup_ins + n_tup_upd + n_tup_del > 0`,
);

/** Returns a digest of every row of a workspace, and of its users and their sessions, as the connection of the context sees them. */
export async function fingerprint({ db }: Context, workspaceId: string): Promise<Fingerprint> {
  return asMap(await digestsOfAll(db, { workspaceId }));
}

/**
 * Returns the tables in which the transaction of the context has changed rows of a workspace since its fingerprint was taken. It reads the tables
 * alone that the transaction has written: others cannot differ.
 */
export async function changedSince({ db }: Context, workspaceId: string, before: Fingerprint): Promise<string[]> {
  const written = (await readWritten(db, {})).map(({ name }) => name).filter((name) => before.has(name));
  if (written.length === 0) return [];
  const now = asMap(
    await prepared<{ name: string; digest: string }>(undefined, digestsOf(written))(db, { workspaceId }),
  );
  return written.filter((name) => now.get(name) !== before.get(name));
}

const asMap = (rows: readonly { name: string; digest: string }[]) => new Map(rows.map((row) => [row.name, row.digest]));
