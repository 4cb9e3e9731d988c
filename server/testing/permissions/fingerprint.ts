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

/** Prepared, since Postgres takes longer to plan a query of all tables than to run it on the few rows of a test. */
const digestsOf = prepared<{ name: string; digest: string }>("fingerprint", digests());

function digests(): SQL {
  const workspaceId = sql.placeholder("workspaceId");
  const digest = sql.raw("md5(coalesce(string_agg(t::text, '|' order by t::text), ''))");
  const ofTables = tenantTables.map(
    (name) =>
      sql`select ${sql.raw(`'${name}'`)} as name, ${digest} as digest from ${sql.identifier(name)} as t where workspace_id = ${workspaceId}`,
  );
  const people = sql`select user_id from memberships where workspace_id = ${workspaceId}`;
  const ofUsers = sql`select 'users' as name, ${digest} as digest from users as t where id in (${people})`;
  const ofSessions = sql`select 'sessions' as name, ${digest} as digest from sessions as t where user_id in (${people})`;
  const all = sql.join([...ofTables, ofUsers, ofSessions], sql` union all `);
  // A function that may change settings keeps Postgres from starting processes that read in parallel, which take longer than all reading.
  const alone = sql`with alone as (select set_config('leeway.reads', 'alone', true))`;
  return sql`${alone} select * from (${all}) as digests order by name`;
}

/** Returns a digest of every row of a workspace, and of its users and their sessions, as the connection of the context sees them. */
export function fingerprint(ctx: Context, workspaceId: string): Promise<unknown> {
  return digestsOf(ctx.db, { workspaceId });
}
