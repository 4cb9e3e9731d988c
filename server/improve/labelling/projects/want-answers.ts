import { sql } from "drizzle-orm";
import { type Context, transact } from "#server/base/context.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findLiveLabelProject } from "./find-label-project.ts";
import { updateLabelProject } from "./update-label-project.ts";

/**
 * Sets how many people answer each task of a project, a fixed number, and has tasks that wait for answers wait for as many.
 * @throws DomainError "not-found", "conflict" for an archived project
 */
export async function wantAnswers(
  ctx: Context,
  { projectId, answers }: { projectId: number; answers: number },
): Promise<void> {
  permit(ctx, "updateLabelProject");
  await transact(ctx, async (ctx) => {
    await findLiveLabelProject(ctx, projectId);
    await updateLabelProject(ctx, { projectId, settings: { minAnswers: answers, maxAnswers: answers } });
    // In the order of ids, as every lock of tasks.
    await ctx.db.execute(sql`
      with waiting as (
        select id from label_tasks
        where workspace_id = ${ctx.actor.workspaceId} and project_id = ${projectId} and state = 'open' and least <> ${answers}
        order by id for no key update
      )
      update label_tasks as task set least = ${answers}, wanted = greatest(${answers}, task.taken)
      from waiting where waiting.id = task.id`);
    await publish(ctx, "labels", String(projectId));
  });
}
