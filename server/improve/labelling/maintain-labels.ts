import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { type Attempt, attemptOnce } from "#server/platform/jobs/watcher.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { resumeDecisions } from "./consensus/decide-again.ts";
import { exportNightly } from "./flows/export-nightly.ts";
import { requestLabelRun } from "./runs/request-label-run.ts";
import { maintainTasks } from "./sources/maintain-tasks.ts";

/**
 * The nightly work of a workspace's label projects: their queues, a run where answers have come since the last one, and a dataset version where the
 * project names one. Each project is an item: one that fails is set aside, and delays no other.
 */
export async function maintainLabels(ctx: Context, attempt: Attempt = attemptOnce): Promise<void> {
  permit(ctx, "maintainLabels");
  const { workspaceId } = ctx.actor;
  const { rows } = await ctx.db.execute<{ id: number; hasNews: boolean }>(sql`
    select project.id::float8 as id, exists (select from label_answers as answer where answer.project_id = project.id
      and answer.created_at > coalesce((select max(run.created_at) from label_runs as run where run.project_id = project.id
        and run.state <> 'failed'), '-infinity')) as "hasNews"
    from label_projects as project where project.workspace_id = ${workspaceId} and project.state <> 'archived' order by project.id`);
  for (const { id, hasNews } of rows) {
    await attempt({ id: `project ${id}`, workspaceId }, async () => {
      await resumeDecisions(ctx, id);
      await maintainTasks(ctx, id);
      if (hasNews) await requestLabelRun(ctx, { projectId: id });
      await exportNightly(ctx, id);
    });
  }
}
