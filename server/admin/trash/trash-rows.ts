import { type SQL, sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import type { TrashKind } from "#server/platform/purge-lock/contract.ts";

/**
 * Selects everything in the trash of a workspace, or all items of one kind, in the same columns. Runs and logged models of an experiment in
 * the trash are part of it.
 */
export function everything(ctx: Context, kind: TrashKind | undefined): SQL {
  const { workspaceId } = ctx.actor;
  const ofActive = (table: string, label: TrashKind) => sql`
    select ${label} as kind, thing.id, thing.name, thing.deleted_at, null as deleted_by, null as reason,
      experiment.id as experiment_id, experiment.name as experiment_name, null::bigint as parts,
      array[thing.artifact_uri] as roots
    from ${sql.identifier(table)} as thing
    join experiments as experiment on experiment.workspace_id = thing.workspace_id and experiment.id = thing.experiment_id
    where thing.workspace_id = ${workspaceId} and thing.deleted_at is not null and experiment.deleted_at is null`;
  const parts: Record<string, SQL> = {
    experiment: sql`
      select 'experiment' as kind, id::text, name, deleted_at, null as deleted_by, null as reason, id as experiment_id,
        null as experiment_name, (
          select count(*) from runs where runs.workspace_id = experiments.workspace_id and runs.experiment_id = experiments.id
        ) as parts, array[artifact_location] as roots
      from experiments where workspace_id = ${workspaceId} and deleted_at is not null`,
    run: ofActive("runs", "run"),
    "logged-model": ofActive("logged_models", "logged-model"),
    model: trashedModels(workspaceId),
  };
  const [first = sql``, ...others] = Object.values(parts);
  const all = sql.join([first, ...others], sql` union all `);
  return kind === undefined ? all : sql`select * from (${all}) as everything where kind = ${kind}`;
}

function trashedModels(workspaceId: string): SQL {
  const versions = sql`jsonb_array_elements(rows) as kept, jsonb_populate_recordset(null::model_versions, kept->'rows') as one`;
  return sql`
    select kind, id::text, case when version is null then name else name || ' version ' || version end as name,
      deleted_at, deleted_by, reason, null as experiment_id, null as experiment_name,
      case when version is null then (select count(*) from ${versions} where kept->>'table' = 'model_versions') end as parts,
      array(select one.storage_location from ${versions} where kept->>'table' = 'model_versions') as roots
    from trashed_models where workspace_id = ${workspaceId}`;
}
