import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findEndpointById } from "../endpoints/lookups.ts";
import { Backlog, GetBacklog, TaskSettings } from "./contract.ts";

const parts = 12;
const partSeconds = 300;

/** Returns an endpoint's queue, its age, and the tasks of the last hour. @throws DomainError "not-found" */
export async function getBacklog(ctx: Context, input: GetBacklog): Promise<Backlog> {
  permit(ctx, "getBacklog");
  const { endpointId } = GetBacklog.parse(input);
  const endpoint = await findEndpointById(ctx, endpointId);
  const ofEndpoint = sql`workspace_id = ${ctx.actor.workspaceId} and endpoint_id = ${endpointId}`;
  const [open] = (
    await ctx.db.execute(sql`
      select count(*) filter (where state = 'queued')::int as queued, count(*) filter (where state = 'running')::int as running,
        extract(epoch from now() - min(submitted_at) filter (where state = 'queued'))::float8 as "oldestSeconds"
      from inference_tasks where ${ofEndpoint} and state in ('queued', 'running')`)
  ).rows;
  const [done] = (
    await ctx.db.execute(sql`
      select count(*) filter (where state = 'succeeded')::int as "succeededLastHour",
        count(*) filter (where state = 'failed')::int as "failedLastHour",
        (percentile_cont(0.5) within group (order by extract(epoch from finished_at - submitted_at))
          filter (where state = 'succeeded'))::float8 as "medianSeconds"
      from inference_tasks where ${ofEndpoint} and finished_at > now() - interval '1 hour'`)
  ).rows;
  const [dead] = (
    await ctx.db.execute(sql`
      select count(*)::int as "deadLetters" from inference_tasks
      where ${ofEndpoint} and state = 'failed'`)
  ).rows;
  const { rows: counted } = await ctx.db.execute<{ part: number; count: number }>(sql`
    select floor(extract(epoch from now() - finished_at) / ${partSeconds})::int as part, count(*)::int as count
    from inference_tasks
    where ${ofEndpoint} and state = 'succeeded' and finished_at > now() - make_interval(secs => ${parts * partSeconds})
    group by part`);
  const succeeded = Array.from(
    { length: parts },
    (_, index) => counted.find(({ part }) => part === parts - 1 - index)?.count ?? 0,
  );
  const { backlogLimit: limit } = TaskSettings.parse(endpoint.tasks);
  return Backlog.parse({ ...open, ...done, ...dead, limit, succeeded });
}
