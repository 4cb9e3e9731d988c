import { and, eq, getTableColumns, sql } from "drizzle-orm";
import { prepared } from "#db/prepared.ts";
import { runs } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { noteLock } from "#server/base/lock-order.ts";
import { holdToken, requireOwnRun } from "./own-run.ts";

export type RunRow = typeof runs.$inferSelect;

/** Returns the error for an unknown run. */
export function noRun(id: string): DomainError {
  return new DomainError("not-found", `Run with id=${id} not found`);
}

/** Selects one run of the caller's workspace. */
export function thisRun(ctx: Context, id: string) {
  return and(eq(runs.workspaceId, ctx.actor.workspaceId), eq(runs.id, id));
}

const columns = Object.entries(getTableColumns(runs)).map(
  ([name, column]) => sql`${column} as ${sql.identifier(name)}`,
);

const markAlive = prepared<RunRow>(
  "lock-run",
  sql`
  update runs set updated_at = greatest(updated_at, ${sql.placeholder("now")}::bigint), needs_packing = true
  where workspace_id = ${sql.placeholder("workspaceId")}::uuid and id = ${sql.placeholder("id")} and deleted_at is null
  returning ${sql.join(columns, sql`, `)}`,
);

/**
 * Checks that a run is active, as the first statement of every transaction that writes to it, marks it as alive, and makes other writers of
 * the same run wait. Therefore two writers never lock its rows in different orders.
 * @throws DomainError "not-found", or "invalid" if the run is deleted; "forbidden" for a token of another run, or of an attempt that was replaced
 */
export async function lockActiveRun(ctx: Context, id: string): Promise<RunRow> {
  await holdToken(ctx);
  await requireOwnRun(ctx, id);
  noteLock(ctx, "run");
  const [run] = await markAlive(ctx.db, { id, workspaceId: ctx.actor.workspaceId, now: Date.now() });
  if (run) return run;
  const [deleted] = await ctx.db.select({ id: runs.id }).from(runs).where(thisRun(ctx, id));
  if (!deleted) throw noRun(id);
  throw new DomainError("invalid", `The run ${id} must be in the 'active' state. Current state is deleted.`);
}
