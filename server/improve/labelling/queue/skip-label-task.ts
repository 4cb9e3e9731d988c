import { sql } from "drizzle-orm";
import { labelLeases } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { annotatorOf } from "../annotators/annotator-of.ts";
import { lockTask } from "../tasks/lock-tasks.ts";
import { HeldTask } from "./contract.ts";
import { releasePlaces } from "./release-places.ts";

/** Time for which a skipped task is not offered to the person again. */
const skipSeconds = 3600;

/** Gives a task back, which is then not offered to this person for an hour. @throws DomainError "not-found" */
export async function skipLabelTask(ctx: Context, input: HeldTask): Promise<void> {
  permit(ctx, "skipLabelTask");
  const { projectId, taskId } = HeldTask.parse(input);
  const { person } = await annotatorOf(ctx);
  await transact(ctx, async (ctx) => {
    await lockTask(ctx, projectId, taskId);
    await releasePlaces(ctx, person, [{ taskId }]);
    const expiresAt = sql`now() + make_interval(secs => ${skipSeconds})`;
    await ctx.db
      .insert(labelLeases)
      .values({ workspaceId: ctx.actor.workspaceId, projectId, taskId, person, kind: "skip", expiresAt })
      .onConflictDoUpdate({ target: [labelLeases.taskId, labelLeases.person], set: { expiresAt } });
  });
}
