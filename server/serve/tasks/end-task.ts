import { and, eq, getTableColumns, inArray, type SQL, sql } from "drizzle-orm";
import type { PgUpdateSetSource } from "drizzle-orm/pg-core";
import { endpoints, inferenceTasks } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { announce } from "#server/platform/events/announce.ts";
import { addTaskDelivery } from "#server/serve/tasks/callbacks/add-task-delivery.ts";
import type { ClaimedTask } from "./claim-tasks.ts";
import type { TaskState } from "./contract.ts";

/** Outcome of a task that a gateway claimed. */
export type Ending =
  | { kind: "succeeded"; result: StoredResult; servedVersion: number; provider: string }
  | { kind: "failed"; errorStatus: number; error: string }
  | { kind: "again"; waitSeconds: number; counts: boolean; errorStatus: number | null; error: string | null };

/** A response, in the row or in a file. */
export interface StoredResult {
  /** Null when it is the file of the task. */
  result: Buffer | null;
  resultBytes: number;
  resultHeaderLength: number | null;
}

const { input: _, result: __, ...stored } = getTableColumns(inferenceTasks);
type Ended = Omit<typeof inferenceTasks.$inferSelect, "input" | "result">;

/**
 * Stores the outcome of a claimed task's attempt, and notifies its webhook in the same transaction if the task has ended.
 * @returns false when it was cancelled or taken over in the meantime: nothing is then stored, and the result is discarded.
 */
export async function endAttempt(
  ctx: Context,
  { id, lease, endpointId }: Pick<ClaimedTask, "id" | "lease" | "endpointId">,
  ending: Ending,
  gatewayUrl: string,
): Promise<boolean> {
  const isOurs = and(eq(inferenceTasks.id, id), eq(inferenceTasks.lease, lease), eq(inferenceTasks.state, "running"));
  const rows = await endTasks(ctx, isOurs, changesOf(ending), gatewayUrl);
  if (rows.length > 0) announce(ctx, "tasks", endpointId);
  return rows.length > 0;
}

type Changes = PgUpdateSetSource<typeof inferenceTasks>;

function changesOf(ending: Ending): Changes {
  if (ending.kind === "succeeded") {
    const { result, servedVersion, provider } = ending;
    return { ...ended("succeeded"), ...result, servedVersion, provider, errorStatus: null, error: null };
  }
  const { kind, errorStatus, error } = ending;
  if (kind === "failed") return { ...ended("failed"), errorStatus, error };
  const { waitSeconds, counts } = ending;
  return {
    state: "queued",
    lease: null,
    dueAt: sql`now() + make_interval(secs => ${waitSeconds})`,
    ...(!counts && { attempts: sql`${inferenceTasks.attempts} - 1` }),
    ...(error !== null && { errorStatus, error }),
  };
}

/** Returns the changes common to all tasks that have ended. */
export function ended(state: Exclude<TaskState, "queued" | "running">): Changes {
  return { state, lease: null, finishedAt: sql`now()` };
}

/** Updates tasks of the workspace, and puts the end of each one that ends into the outbox of webhooks, all or nothing. */
export async function endTasks(
  ctx: Context,
  which: SQL | undefined,
  changes: Changes,
  gatewayUrl: string,
): Promise<Ended[]> {
  return transact(ctx, async (ctx) => {
    const rows = await ctx.db
      .update(inferenceTasks)
      .set(changes)
      .where(and(eq(inferenceTasks.workspaceId, ctx.actor.workspaceId), which))
      .returning(stored);
    await notifyOfEnd(
      ctx,
      rows.filter(({ finishedAt, webhookUrl }) => finishedAt && webhookUrl),
      gatewayUrl,
    );
    return rows;
  });
}

async function notifyOfEnd(ctx: Context, rows: readonly Ended[], gatewayUrl: string): Promise<void> {
  if (rows.length === 0) return;
  const ids = [...new Set(rows.map(({ endpointId }) => endpointId))];
  const names = new Map(
    (
      await ctx.db.select({ id: endpoints.id, name: endpoints.name }).from(endpoints).where(inArray(endpoints.id, ids))
    ).map(({ id, name }) => [id, name]),
  );
  for (const row of rows) {
    const { id: taskId, endpointId, webhookUrl } = row;
    const data = bodyOf(row, names.get(endpointId) ?? "", gatewayUrl);
    await addTaskDelivery(ctx, { endpointId, taskId, url: webhookUrl ?? "", event: `task.${row.state}`, data });
  }
}

/** Builds the webhook's body, in the terms of the inference API. The result itself is fetched with a token. */
function bodyOf(row: Ended, endpoint: string, gatewayUrl: string): Record<string, unknown> {
  const address = `${gatewayUrl}/v2/tasks/${row.id}`;
  return {
    id: row.id,
    model_name: endpoint,
    model_version: row.servedVersion?.toString() ?? null,
    state: row.state,
    submitted_at: row.submittedAt.toISOString(),
    finished_at: row.finishedAt?.toISOString() ?? null,
    attempts: row.attempts,
    error: row.state === "failed" ? row.error : null,
    status_url: address,
    result_url: row.state === "succeeded" ? `${address}/result` : null,
  };
}
