import { and, eq, inArray } from "drizzle-orm";
import { inferenceTasks } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { announce } from "#server/platform/events/announce.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { CancelTask, type Task } from "./contract.ts";
import { ended, endTasks } from "./end-task.ts";
import { findTask, findVisibleTask, isOwn, type TaskRow, toTask } from "./task-rows.ts";

/**
 * Cancels a task: a queued one is not started, and the response of a running one is discarded. Idempotent.
 * @throws DomainError "not-found", "conflict" when it has ended otherwise
 */
export async function cancelTask(ctx: Context, input: CancelTask, gatewayUrl: string): Promise<Task> {
  permit(ctx, "cancelTask");
  const { taskId, reason } = CancelTask.parse(input);
  return cancel(ctx, await findTask(ctx, taskId), reason, gatewayUrl);
}

/** Cancels a task that the caller submitted; others need the permission to cancel any. @throws as cancelTask(); DomainError "forbidden" */
export async function cancelOwnTask(ctx: Context, input: CancelTask, gatewayUrl: string): Promise<Task> {
  permit(ctx, "cancelOwnTask");
  const { taskId, reason } = CancelTask.parse(input);
  const task = await findVisibleTask(ctx, taskId);
  if (!isOwn(ctx, task)) permit(ctx, "cancelTask");
  return cancel(ctx, task, reason, gatewayUrl);
}

async function cancel(ctx: Context, before: TaskRow, reason: string | undefined, gatewayUrl: string): Promise<Task> {
  const { id: taskId, endpoint, state } = before;
  const after = await transact(ctx, async (ctx) => {
    const isOpen = and(eq(inferenceTasks.id, taskId), inArray(inferenceTasks.state, ["queued", "running"]));
    const [row] = await endTasks(ctx, isOpen, ended("cancelled"), gatewayUrl);
    const now = row ? { ...row, endpoint } : await findTask(ctx, taskId);
    if (now.state !== "cancelled") throw new DomainError("conflict", `The task has already ${now.state}.`);
    if (row)
      await record(ctx, "task.cancelled", { subject: `endpoint/${endpoint}`, before: { taskId, state }, reason });
    return now;
  });
  announce(ctx, "tasks", before.endpointId);
  return toTask(after);
}
