import { type Context, transact } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { annotatorOf } from "../annotators/annotator-of.ts";
import { lockTask } from "../tasks/lock-tasks.ts";
import { HeldTask } from "./contract.ts";
import { releasePlaces } from "./release-places.ts";

/** Gives a task back without an answer; nothing happens if the person does not hold it. @throws DomainError "not-found" */
export async function releaseLabelTask(ctx: Context, input: HeldTask): Promise<void> {
  permit(ctx, "releaseLabelTask");
  const { projectId, taskId } = HeldTask.parse(input);
  const { person } = await annotatorOf(ctx);
  await transact(ctx, async (ctx) => {
    await lockTask(ctx, projectId, taskId);
    await releasePlaces(ctx, person, [{ taskId }]);
  });
}
