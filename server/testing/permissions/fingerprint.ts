import { sql } from "drizzle-orm";
import { getTableConfig, PgTable } from "drizzle-orm/pg-core";
import * as schema from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";

/** Names of all tables that hold things of workspaces. */
export const tenantTables = Object.values(schema)
  .filter((table) => table instanceof PgTable)
  .map((table) => getTableConfig(table))
  .filter((table) => table.columns.some((column) => column.name === "workspaceId"))
  .map((table) => table.name);

/** Returns a digest of every row of a workspace, and of its users and their sessions, as the connection of the context sees them. */
export async function fingerprint(ctx: Context, workspaceId: string): Promise<unknown> {
  const digest = sql.raw("md5(coalesce(string_agg(t::text, '|' order by t::text), ''))");
  const ofTables = tenantTables.map(
    (name) =>
      sql`select ${name} as name, ${digest} as digest from ${sql.identifier(name)} as t where workspace_id = ${workspaceId}`,
  );
  const people = sql`select user_id from memberships where workspace_id = ${workspaceId}`;
  const ofUsers = sql`select 'users' as name, ${digest} as digest from users as t where id in (${people})`;
  const ofSessions = sql`select 'sessions' as name, ${digest} as digest from sessions as t where user_id in (${people})`;
  const digests = sql.join([...ofTables, ofUsers, ofSessions], sql` union all `);
  // Postgres may read tables in parallel, and returns them in any order.
  return (await ctx.db.execute(sql`select * from (${digests}) as digests order by name`)).rows;
}
