import { and, eq, isNull, sql } from "drizzle-orm";
import { labelAnswers, labelLeases, labelTasks } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { annotatorOf } from "../annotators/annotator-of.ts";
import { lockAnnotator } from "../annotators/lock-annotator.ts";
import { findLiveLabelProject } from "../projects/find-label-project.ts";
import { lockTask } from "../tasks/lock-tasks.ts";
import { type GivenTask, HeldTask, maxHeld } from "./contract.ts";
import { givenNow } from "./next-label-task.ts";
import { releasePlaces } from "./release-places.ts";

/**
 * Gives a person a task that they chose themselves, if it has a free place. It is the first that they go on with; what was loaded last goes back.
 * @throws DomainError "not-found"; "conflict" when they have answered it, others hold every place, or it is not open
 */
export async function leaseLabelTask(ctx: Context, input: HeldTask): Promise<GivenTask> {
  permit(ctx, "leaseLabelTask");
  const { projectId, taskId } = HeldTask.parse(input);
  const annotator = await annotatorOf(ctx);
  const { person } = annotator;
  return transact(ctx, async (ctx) => {
    const project = await findLiveLabelProject(ctx, projectId);
    const task = await lockTask(ctx, projectId, taskId);
    const { isPaused } = await lockAnnotator(ctx, projectId, annotator);
    if (isPaused) throw new DomainError("conflict", "You are paused in this project.");
    const isLease = and(eq(labelLeases.taskId, taskId), eq(labelLeases.person, person));
    const expiresAt = sql`now() + make_interval(secs => ${project.settings.leaseSeconds})`;
    const [held] = await ctx.db.select().from(labelLeases).where(isLease);
    if (held && held.kind !== "skip") {
      await ctx.db
        .update(labelLeases)
        .set({ expiresAt, createdAt: new Date(0) })
        .where(isLease);
      return givenNow(task, project, annotator);
    }
    const isOwn = and(
      eq(labelAnswers.taskId, taskId),
      eq(labelAnswers.person, person),
      isNull(labelAnswers.supersededAt),
    );
    if ((await ctx.db.$count(labelAnswers, isOwn)) > 0) {
      throw new DomainError("conflict", "You have answered this task. Undo the answer to change it.");
    }
    if (task.state !== "open" || task.taken >= task.wanted) {
      throw new DomainError("conflict", "The task is complete, or leased by others.");
    }
    const { workspaceId } = ctx.actor;
    const lease = { kind: "place" as const, queue: "", createdAt: new Date(0), expiresAt };
    await ctx.db
      .insert(labelLeases)
      .values({ workspaceId, projectId, taskId, person, ...lease })
      .onConflictDoUpdate({ target: [labelLeases.taskId, labelLeases.person], set: lease });
    await ctx.db
      .update(labelTasks)
      .set({ taken: task.taken + 1 })
      .where(eq(labelTasks.id, taskId));
    await releaseBeyond(ctx, { projectId, person });
    return givenNow(task, project, annotator);
  });
}

/** Gives back what a person loaded last, beyond what one may hold. The caller holds the annotator. @returns the tasks */
export async function releaseBeyond(
  ctx: Context,
  { projectId, person }: { projectId: number; person: string },
): Promise<number[]> {
  const leases = await ctx.db
    .select({ taskId: labelLeases.taskId })
    .from(labelLeases)
    .where(
      and(
        eq(labelLeases.workspaceId, ctx.actor.workspaceId),
        eq(labelLeases.projectId, projectId),
        eq(labelLeases.person, person),
        sql`${labelLeases.kind} <> 'skip'`,
      ),
    )
    .orderBy(labelLeases.createdAt, labelLeases.taskId);
  return releasePlaces(ctx, person, leases.slice(maxHeld));
}
