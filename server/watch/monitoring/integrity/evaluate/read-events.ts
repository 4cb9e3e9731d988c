import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import type { EventTimes } from "../checks/late-events.ts";

/** Maximum number of requests read from the log, newest first. */
const maxRequests = 5_000;

/** Reads arrival and event times of sampled requests in a time range. @param afterMs delay above which a request is late */
export async function readEvents(
  ctx: Context,
  endpointId: string,
  { from, to }: { from: Date; to: Date },
  afterMs: number,
): Promise<EventTimes> {
  const { rows } = await ctx.db.execute<EventTimes & Record<string, unknown>>(sql`
    select count(*)::int as requests, count(event_at)::int as "withEventTime",
      (count(*) filter (where came - event_at > make_interval(secs => ${afterMs / 1000})))::int as late,
      (count(*) filter (where event_at < newest_before))::int as "outOfOrder"
    from (
      select event_at, came, max(event_at) over (order by came, id rows between unbounded preceding and 1 preceding) as newest_before
      from (
        select id, event_at, at - make_interval(secs => latency_ms / 1000) as came from predictions
        where workspace_id = ${ctx.actor.workspaceId} and endpoint_id = ${endpointId} and arm <> 'shadow' and logged_reason = 'sampled'
          and status < 400 and at >= ${from.toISOString()}::timestamptz and at < ${to.toISOString()}::timestamptz
        order by at desc limit ${maxRequests}
      ) as newest
    ) as ordered`);
  return rows[0] ?? { requests: 0, withEventTime: 0, late: 0, outOfOrder: 0 };
}
