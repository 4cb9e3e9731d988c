import { and, eq, inArray, sql } from "drizzle-orm";
import { endpoints, inferenceTasks } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { announce } from "#server/platform/events/announce.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { archived, findEndpointById, findLiveEndpoint } from "../endpoints/lookups.ts";
import { RedriveTask, RedriveTasks, type Task, TaskSettings } from "./contract.ts";
import { findTask, toTask } from "./task-rows.ts";

/** Maximum number per request, so that one click does not lock the table for minutes. */
const maxConcurrent = 10_000;

/**
 * Retries a failed or expired task, with all its attempts and a new expiry. The limit of the backlog does not apply.
 * @throws DomainError "not-found", "conflict" when it has not failed, or the endpoint is archived
 */
export async function redriveTask(ctx: Context, input: RedriveTask): Promise<Task> {
  permit(ctx, "redriveTask");
  const { taskId, reason } = RedriveTask.parse(input);
  const before = await findTask(ctx, taskId);
  const endpoint = await findEndpointById(ctx, before.endpointId);
  if (endpoint.archivedAt) throw archived(endpoint.name);
  await transact(ctx, async (ctx) => {
    const count = await requeue(ctx, before.endpointId, [before.id]);
    if (count === 0) throw new DomainError("conflict", "Only failed or expired tasks can be retried.");
    await record(ctx, "task.redriven", { subject: `endpoint/${before.endpoint}`, after: { taskId }, reason });
  });
  announce(ctx, "tasks", before.endpointId);
  return toTask(await findTask(ctx, taskId));
}

/**
 * Retries the dead letters of an endpoint, at most 10,000 at a time, the oldest first.
 * @returns how many. @throws DomainError "not-found", "conflict" when the endpoint is archived
 */
export async function redriveTasks(ctx: Context, input: RedriveTasks): Promise<{ redriven: number }> {
  permit(ctx, "redriveTasks");
  const { endpointId, reason } = RedriveTasks.parse(input);
  const { name } = await findLiveEndpoint(ctx, endpointId);
  const redriven = await transact(ctx, async (ctx) => {
    const { id, workspaceId, state, finishedAt } = inferenceTasks;
    const dead = await ctx.db
      .select({ id })
      .from(inferenceTasks)
      .where(
        and(eq(workspaceId, ctx.actor.workspaceId), eq(inferenceTasks.endpointId, endpointId), eq(state, "failed")),
      )
      .orderBy(finishedAt)
      .limit(maxConcurrent);
    const count = await requeue(
      ctx,
      endpointId,
      dead.map(({ id }) => id),
    );
    if (count > 0) await record(ctx, "tasks.redriven", { subject: `endpoint/${name}`, after: { count }, reason });
    return count;
  });
  announce(ctx, "tasks", endpointId);
  return { redriven };
}

async function requeue(ctx: Context, endpointId: string, ids: string[]): Promise<number> {
  if (ids.length === 0) return 0;
  const { workspaceId } = ctx.actor;
  const [endpoint] = await ctx.db
    .select({ tasks: endpoints.tasks })
    .from(endpoints)
    .where(and(eq(endpoints.id, endpointId), eq(endpoints.workspaceId, workspaceId)));
  const { expirySeconds } = TaskSettings.parse(endpoint?.tasks ?? {});
  const isDead = inArray(inferenceTasks.state, ["failed", "expired"]);
  const rows = await ctx.db
    .update(inferenceTasks)
    .set({
      state: "queued" as const,
      attempts: 0,
      finishedAt: null,
      lease: null,
      dueAt: sql`now()`,
      expiresAt: sql`now() + make_interval(secs => ${expirySeconds})`,
    })
    .where(and(eq(inferenceTasks.workspaceId, workspaceId), inArray(inferenceTasks.id, ids), isDead))
    .returning({ id: inferenceTasks.id });
  return rows.length;
}
