import { sql } from "drizzle-orm";
import { relinkModels } from "#server/develop/tracking/runs/relink-models.ts";
import { setRunTag } from "#server/develop/tracking/runs/set-run-tag.ts";
import { parentTag } from "#server/develop/tracking/runs/tags.ts";
import type { Intake } from "./intake.ts";

/** Updates runs to the local ids of their parents, where a child was imported before its parent and the parent got another id. */
export async function joinParents(intake: Intake): Promise<void> {
  const { ctx, importId } = intake;
  const { rows } = await ctx.db.execute<{ run_id: string; parent_id: string }>(sql`
    select tag.run_id, parent.local_id as parent_id
    from import_items child
    join run_tags tag on tag.run_id = child.local_id and tag.key = ${parentTag}
    join import_items parent on parent.import_id = child.import_id and parent.kind = 'run' and parent.source_id = tag.value
    join runs on runs.id = tag.run_id and runs.deleted_at is null
    where child.import_id = ${importId} and child.workspace_id = ${ctx.actor.workspaceId} and child.kind = 'run'
      and parent.local_id is not null and parent.local_id <> tag.value`);
  for (const { run_id: runId, parent_id: value } of rows) await setRunTag(ctx, { runId, key: parentTag, value });
}

/**
 * Updates runs to the local ids of their logged models: models are imported after runs because they reference the run that created them.
 */
export async function joinModels(intake: Intake): Promise<void> {
  const { ctx, importId } = intake;
  const { rows } = await ctx.db.execute<{ source_id: string; local_id: string; run_ids: string[] }>(sql`
    select model.source_id, model.local_id, array_agg(distinct link.run_id) as run_ids
    from import_items model
    join run_models link on link.workspace_id = model.workspace_id and link.model_id = model.source_id
    join import_items run on run.import_id = model.import_id and run.kind = 'run' and run.local_id = link.run_id
    where model.import_id = ${importId} and model.workspace_id = ${ctx.actor.workspaceId} and model.kind = 'logged-model'
      and model.local_id is not null and model.local_id <> model.source_id
    group by model.source_id, model.local_id`);
  for (const { source_id: from, local_id: to, run_ids: runIds } of rows) await relinkModels(ctx, { runIds, from, to });
}
