import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";

interface Span {
  from: Date;
  to: Date;
}

const maxMessages = 200;

/** Returns the requests of an endpoint that were rejected as invalid, by error message. The log contains every rejected request. */
export async function readRefused(
  ctx: Context,
  endpointId: string,
  { from, to }: Span,
): Promise<{ error: string; count: number }[]> {
  const { rows } = await ctx.db.execute<{ error: string; count: number }>(sql`
    select error, count(*)::int as count from predictions
    where workspace_id = ${ctx.actor.workspaceId} and endpoint_id = ${endpointId} and arm <> 'shadow'
      and at >= ${from.toISOString()}::timestamptz and at < ${to.toISOString()}::timestamptz
      and status = 400 and error is not null
    group by error order by count(*) desc limit ${maxMessages}`);
  return rows;
}
