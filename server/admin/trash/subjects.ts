import { type SQL, sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { TrashKey } from "./contract.ts";

/** Item in the trash, with the data for the steps of its purge. */
export interface Subject {
  name: string;
  /** Experiment of a run or a logged model. */
  experimentId: number | null;
  /** Folders of its files, as addresses or paths. */
  roots: string[];
}

/**
 * Finds an item in the trash and locks it until the transaction ends: a concurrent restore waits.
 * @throws DomainError "not-found", also for items that are not deleted
 */
export async function lockSubject(ctx: Context, { kind, id }: TrashKey): Promise<Subject> {
  const { rows } = await ctx.db.execute<{ name: string; experiment_id: string | null; roots: string[] }>(
    sql`${find(ctx, id)[kind]} for update`,
  );
  const [row] = rows;
  if (!row) throw new DomainError("not-found", "Item not found in the trash.");
  return {
    name: row.name,
    experimentId: row.experiment_id === null ? null : Number(row.experiment_id),
    roots: row.roots,
  };
}

function find(ctx: Context, id: string): Record<TrashKey["kind"], SQL> {
  const { workspaceId } = ctx.actor;
  const trashed = sql`
    select case when version is null then name else 'version ' || version || ' of ' || name end as name,
      null::bigint as experiment_id, array(
        select version.storage_location from jsonb_array_elements(rows) as kept,
          jsonb_populate_recordset(null::model_versions, kept->'rows') as version
        where kept->>'table' = 'model_versions'
      ) as roots
    from trashed_models where workspace_id = ${workspaceId} and id::text = ${id}`;
  return {
    experiment: sql`
      select name, id as experiment_id, array[artifact_location] as roots from experiments
      where workspace_id = ${workspaceId} and id::text = ${id} and deleted_at is not null`,
    run: sql`
      select name, experiment_id, array[artifact_uri] as roots from runs
      where workspace_id = ${workspaceId} and id = ${id} and deleted_at is not null`,
    "logged-model": sql`
      select name, experiment_id, array[artifact_uri] as roots from logged_models
      where workspace_id = ${workspaceId} and id = ${id} and deleted_at is not null`,
    model: sql`${trashed} and kind = 'model'`,
    version: sql`${trashed} and kind = 'version'`,
  };
}
