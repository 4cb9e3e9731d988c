import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import type { Repeats } from "./what-ifs.ts";

const ttls = [60, 600, 3600];
const mostRequests = 5000;

/** Of the latest sampled requests whose inputs were kept, how many a cache would have answered by how long it keeps answers. */
export async function readRepeats(ctx: Context, endpointId: string): Promise<Repeats[]> {
  const { rows } = await ctx.db.execute<{ ttlSeconds: number; requests: number; repeated: number }>(sql`
    with latest as (
      select at, md5(inputs::text) as asked from predictions
      where workspace_id = ${ctx.actor.workspaceId} and endpoint_id = ${endpointId} and inputs is not null and status = 200
        and kept = 'sampled' and source = 'model' and arm = 'stable' and at > now() - interval '7 days'
      order by at desc limit ${mostRequests}
    ), gaps as (
      select extract(epoch from at - lag(at) over (partition by asked order by at)) as seconds from latest
    )
    select ttl as "ttlSeconds", count(*)::int as requests, (count(*) filter (where seconds <= ttl))::int as repeated
    from gaps, unnest(${sql.param(ttls)}::int[]) as ttl group by ttl order by ttl`);
  return rows;
}
