import { runtime } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { foundOrNot } from "#app/_lib/found.ts";
import { TaskButtons } from "#components/serve/tasks/task-buttons.tsx";
import { TaskPanel } from "#components/serve/tasks/task-panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { Context } from "#server/base/context.ts";
import { listTaskDeliveries } from "#server/serve/tasks/callbacks/queries.ts";
import { getTask, openTaskResult } from "#server/serve/tasks/task-queries.ts";
import { cancelTaskAction, redriveTaskAction } from "./actions.ts";

const shownBytes = 8_192;

/** Renders the task of the address. */
export async function OpenedTask({ ctx, taskId }: { ctx: Context; taskId: string }) {
  const task = await foundOrNot(getTask(ctx, { taskId }));
  if (!task) return <EmptyState title="Task not found">Tasks are deleted a few days after they finish.</EmptyState>;
  const result = task.state === "succeeded" ? await beginningOf(ctx, taskId) : undefined;
  const deliveries = await listTaskDeliveries(ctx, { taskId });
  const buttons = {
    task: { id: task.id, state: task.state },
    cancel: cancelTaskAction,
    redrive: redriveTaskAction,
    actorName: ctx.actor.name,
    disabledReason: denialReason(ctx.actor.role, "cancelTask"),
  };
  return <TaskPanel task={task} result={result} deliveries={deliveries} actions={<TaskButtons {...buttons} />} />;
}

/** Reads the start of the response's JSON, as much as can be displayed. */
async function beginningOf(ctx: Context, taskId: string): Promise<string> {
  const { body, sizeBytes, headerLength } = await openTaskResult(ctx, { taskId }, runtime().artifacts);
  const jsonBytes = headerLength ?? sizeBytes;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size >= shownBytes) break;
  }
  const json = Buffer.concat(chunks).subarray(0, Math.min(jsonBytes, shownBytes)).toString("utf8");
  return jsonBytes > shownBytes ? `${json}…` : JSON.stringify(JSON.parse(json), null, 2);
}
