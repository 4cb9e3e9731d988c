import { sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { prepared } from "#db/prepared.ts";

const tables = [
  "feature_entities",
  "feature_sources",
  "feature_services",
  "feature_views",
  "feature_view_versions",
] as const;

/**
 * Every change of a row gives it another place (ctid), and nearly always another transaction (xmin). Neither is in an index, but the rows of a workspace are
 * few, and their definitions are not read.
 */
const read = prepared<{ fingerprint: string }>(
  "features.fingerprint",
  sql`select concat_ws(' ', ${sql.join(
    tables.map(
      (
        table,
      ) => sql`(select count(*) || ':' || coalesce(sum(hashtextextended(id::text || xmin::text || ctid::text, 0)), 0)
        from ${sql.identifier(table)} where workspace_id = ${sql.placeholder("workspaceId")}::uuid)`,
    ),
    sql`, `,
  )}) as fingerprint`,
);

/** Returns a text that is another one after every change of the definitions of a workspace. It costs a fraction of reading them. */
export async function definitionsFingerprint(db: Database, workspaceId: string): Promise<string> {
  const [found] = await read(db, { workspaceId });
  if (!found) throw new Error("Postgres returned no fingerprint.");
  return found.fingerprint;
}
