import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";

/** An hour that waits to be recounted. */
export interface DueHour {
  /** Start, in milliseconds since 1970. */
  hour: number;
  /** Identifies the state of the row: another one means that something changed since it was read. */
  changedAt: string;
}

interface Queue {
  endpointId: string;
}

/** Adds hours to the queue of an endpoint; one that waits already keeps its place. @param hours milliseconds since 1970 */
export async function addDueHours(ctx: Context, { endpointId }: Queue, hours: readonly number[]): Promise<void> {
  if (hours.length === 0) return;
  // In one order, so that two workers wait for each other rather than end each other.
  const sorted = [...hours].sort((one, other) => one - other).map((hour) => new Date(hour).toISOString());
  await ctx.db.execute(sql`
    insert into quality_due_hours (workspace_id, endpoint_id, hour, due_since, changed_at)
    select ${ctx.actor.workspaceId}::uuid, ${endpointId}::uuid, hour, statement_timestamp(), statement_timestamp()
    from unnest(${sql.param(sorted)}::timestamptz[]) as given(hour)
    on conflict (endpoint_id, hour) do update set changed_at = excluded.changed_at`);
}

/** Lists the hours that wait: longest waiting first, then newest first. */
export async function listDueHours(ctx: Context, { endpointId }: Queue): Promise<DueHour[]> {
  const { rows } = await ctx.db.execute<{ hour: number; changedAt: string }>(sql`
    select (extract(epoch from hour) * 1000)::float8 as hour, changed_at::text as "changedAt" from quality_due_hours
    where workspace_id = ${ctx.actor.workspaceId} and endpoint_id = ${endpointId}
    order by due_since, hour desc`);
  return rows;
}

/** Removes an hour that was counted in the same transaction; one that has changed since it was read stays. */
export async function removeDueHour(ctx: Context, { endpointId }: Queue, { hour, changedAt }: DueHour): Promise<void> {
  await ctx.db.execute(sql`
    delete from quality_due_hours where workspace_id = ${ctx.actor.workspaceId} and endpoint_id = ${endpointId}
      and hour = ${new Date(hour).toISOString()}::timestamptz and changed_at = ${changedAt}::timestamptz`);
}

/** Removes hours of which the log has begun to delete predictions: they stay as counted. */
export async function removeHoursBefore(ctx: Context, { endpointId }: Queue, oldest: number): Promise<void> {
  await ctx.db.execute(sql`
    delete from quality_due_hours where workspace_id = ${ctx.actor.workspaceId} and endpoint_id = ${endpointId}
      and hour < ${new Date(oldest).toISOString()}::timestamptz`);
}
