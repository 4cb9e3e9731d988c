import { and, eq, getTableColumns, sql } from "drizzle-orm";
import { endpoints, inferenceTasks } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { covers } from "#server/platform/permissions/permit.ts";
import { mayUse } from "../endpoints/permit-endpoint.ts";
import { Task } from "./contract.ts";

const { input: _, result: __, ...columns } = getTableColumns(inferenceTasks);
/** All columns of a task except its body and its response. */
export const taskColumns = { ...columns, endpoint: endpoints.name };
export type TaskRow = Omit<typeof inferenceTasks.$inferSelect, "input" | "result"> & { endpoint: string };

export function toTask(row: TaskRow): Task {
  const nextTryAt = row.state === "queued" && row.attempts > 0 ? row.dueAt : null;
  return Task.parse({ ...row, nextTryAt });
}

/** Finds a task of this workspace, of an endpoint that the caller may use. @throws DomainError "not-found" */
export async function findTask(ctx: Context, taskId: string): Promise<TaskRow> {
  const [row] = await ctx.db
    .select(taskColumns)
    .from(inferenceTasks)
    .innerJoin(endpoints, eq(endpoints.id, inferenceTasks.endpointId))
    .where(and(eq(inferenceTasks.workspaceId, ctx.actor.workspaceId), sql`${inferenceTasks.id}::text = ${taskId}`));
  if (!row || !mayUse(ctx, row.endpoint)) throw noTask();
  return row;
}

/**
 * Finds a task like findTask; a token sees the tasks that it submitted, and all others with a scope that reads what serves.
 * @throws DomainError "not-found"
 */
export async function findVisibleTask(ctx: Context, taskId: string): Promise<TaskRow> {
  const row = await findTask(ctx, taskId);
  if (!isOwn(ctx, row) && ctx.actor.scopes && !covers(ctx.actor.scopes, "serving:read")) throw noTask();
  return row;
}

/** Whether the caller submitted it. */
export function isOwn({ actor }: Context, { submittedById }: Pick<TaskRow, "submittedById">): boolean {
  return actor.id === submittedById;
}

function noTask(): DomainError {
  return new DomainError("not-found", "Task not found. Tasks are deleted a few days after they finish.");
}
