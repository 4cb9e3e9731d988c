import { and, eq } from "drizzle-orm";
import { labelProjects, labelRuns } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { publish } from "#server/platform/events/publish.ts";
import { enqueue } from "#server/platform/jobs/queue.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findLiveLabelProject } from "../projects/find-label-project.ts";
import { RequestLabelRun } from "./contract.ts";

/**
 * Requests a run over all answers of a project: agreement, quality of people, suspected errors. A job computes it. A run that still waits is
 * returned instead of another one, since it will read the same answers.
 * @throws DomainError "not-found", "conflict" for an archived project
 */
export async function requestLabelRun(ctx: Context, input: RequestLabelRun): Promise<{ runId: number }> {
  permit(ctx, "requestLabelRun");
  const { projectId } = RequestLabelRun.parse(input);
  const { workspaceId, name: requestedBy } = ctx.actor;
  return transact(ctx, async (ctx) => {
    await findLiveLabelProject(ctx, projectId);
    // Two requests at once wait for each other.
    const isProject = and(eq(labelProjects.workspaceId, workspaceId), eq(labelProjects.id, projectId));
    await ctx.db.select({ id: labelProjects.id }).from(labelProjects).where(isProject).for("no key update");
    const [waiting] = await ctx.db
      .select({ runId: labelRuns.id })
      .from(labelRuns)
      .where(
        and(eq(labelRuns.workspaceId, workspaceId), eq(labelRuns.projectId, projectId), eq(labelRuns.state, "waiting")),
      );
    if (waiting) return waiting;
    const [row] = await ctx.db
      .insert(labelRuns)
      .values({ workspaceId, projectId, requestedBy })
      .returning({ runId: labelRuns.id });
    if (!row) throw new Error("The label run was not stored.");
    await enqueue(ctx, "run-labels", row);
    await publish(ctx, "labels", String(projectId));
    return row;
  });
}
