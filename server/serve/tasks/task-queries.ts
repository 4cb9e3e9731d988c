import { Readable } from "node:stream";
import { and, desc, eq, type SQL, sql } from "drizzle-orm";
import { endpoints, inferenceTasks } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findEndpointById } from "../endpoints/lookups.ts";
import { GetTask, ListTasks, type Task, TaskSettings } from "./contract.ts";
import { findTask, findVisibleTask, taskColumns, toTask } from "./task-rows.ts";

/** Returns a task, for users who manage tasks. @throws DomainError "not-found" */
export async function getTask(ctx: Context, input: GetTask): Promise<Task> {
  permit(ctx, "getTask");
  return toTask(await findTask(ctx, GetTask.parse(input).taskId));
}

/** Returns a task, for its submitter or a caller that may read serving data. @throws DomainError "not-found" */
export async function getOwnTask(ctx: Context, input: GetTask): Promise<Task> {
  permit(ctx, "getOwnTask");
  return toTask(await findVisibleTask(ctx, GetTask.parse(input).taskId));
}

/** A response as the endpoint would have sent it. */
interface TaskResult {
  body: Readable;
  sizeBytes: number;
  /** Bytes of JSON before the binary tensors; null when all of it is JSON. */
  headerLength: number | null;
  servedVersion: number | null;
  provider: string | null;
}

/** Opens the response of a task. @throws DomainError "not-found"; "conflict" that states the task's state when there is none */
export async function openTaskResult(
  ctx: Context,
  input: GetTask,
  artifacts: Pick<ArtifactStore, "open">,
): Promise<TaskResult> {
  permit(ctx, "openTaskResult");
  const row = await findVisibleTask(ctx, GetTask.parse(input).taskId);
  if (row.state !== "succeeded") throw new DomainError("conflict", whyNoResult(row.state, row.error));
  const { resultBytes, resultHeaderLength: headerLength, servedVersion, provider, resultKey } = row;
  const facts = { sizeBytes: resultBytes ?? 0, headerLength, servedVersion, provider };
  const [kept] = await ctx.db
    .select({ result: inferenceTasks.result })
    .from(inferenceTasks)
    .where(and(eq(inferenceTasks.id, row.id), eq(inferenceTasks.workspaceId, ctx.actor.workspaceId)));
  if (kept?.result) return { ...facts, body: Readable.from([kept.result]) };
  if (!resultKey) throw new Error("A task has succeeded without a result.");
  return { ...facts, body: await artifacts.open(resultKey) };
}

function whyNoResult(state: Exclude<Task["state"], "succeeded">, error: string | null): string {
  const words = {
    queued: "The task is still queued. Poll its state, and fetch the result once it has succeeded.",
    running: "The task is running. Poll its state, and fetch the result once it has succeeded.",
    failed: `The task failed: ${error ?? "unknown error."}`,
    cancelled: "The task was cancelled.",
    expired: "The task expired before it was started.",
  };
  return words[state];
}

/** Tasks of an endpoint, newest first. @returns `next`, the `after` of the following page. @throws DomainError "not-found" */
export async function listTasks(ctx: Context, input: ListTasks): Promise<{ tasks: Task[]; next?: string }> {
  permit(ctx, "listTasks");
  const { endpointId, state, limit, after } = ListTasks.parse(input);
  await findEndpointById(ctx, endpointId);
  const { workspaceId, submittedAt, id } = inferenceTasks;
  const rows = await ctx.db
    .select(taskColumns)
    .from(inferenceTasks)
    .innerJoin(endpoints, eq(endpoints.id, inferenceTasks.endpointId))
    .where(
      and(
        eq(workspaceId, ctx.actor.workspaceId),
        eq(inferenceTasks.endpointId, endpointId),
        state && eq(inferenceTasks.state, state),
        after === undefined ? undefined : olderThan(ctx, after),
      ),
    )
    .orderBy(desc(submittedAt), desc(id))
    .limit(limit + 1);
  const tasks = rows.slice(0, limit).map(toTask);
  const last = tasks.at(-1);
  return rows.length > limit && last ? { tasks, next: last.id } : { tasks };
}

function olderThan(ctx: Context, taskId: string): SQL {
  const mark = sql`(select mark.submitted_at, mark.id from inference_tasks as mark
    where mark.id = ${taskId} and mark.workspace_id = ${ctx.actor.workspaceId})`;
  return sql`(${inferenceTasks.submittedAt}, ${inferenceTasks.id}) < ${mark}`;
}

/** Returns an endpoint's settings for requests with a later response. @throws DomainError "not-found" */
export async function getTaskSettings(ctx: Context, { endpointId }: { endpointId: string }): Promise<TaskSettings> {
  permit(ctx, "getTaskSettings");
  const { tasks } = await findEndpointById(ctx, endpointId);
  return TaskSettings.parse(tasks);
}
