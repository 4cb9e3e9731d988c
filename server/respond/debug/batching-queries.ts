import { type SQL, sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findEndpointById } from "#server/serve/endpoints/lookups.ts";
import { type Batching, GetBatching } from "./contract.ts";
import { stepSecondsOf } from "./step-seconds.ts";

type Row = Omit<Batching["steps"][number], "at"> & { at: number; [column: string]: unknown };

/** Each step is read in so many parts, the newest requests of each. */
const partsOfStep = 5;
const maxPerPart = 20;

/**
 * Returns latency by stage and the number of rows per batch, as means over sampled requests of the log, by step: over all of them, or
 * over a hundred spread over the step where it has more. The standard error of a mean is thus at most a tenth of the standard deviation
 * of single requests, and a month takes no longer than a day.
 * @throws DomainError "not-found" for the endpoint
 */
export async function getBatching(ctx: Context, input: GetBatching): Promise<Batching> {
  permit(ctx, "getBatching");
  const { endpointId, from, to } = GetBatching.parse(input);
  await findEndpointById(ctx, endpointId);
  const stepSeconds = stepSecondsOf(from, to);
  const partSeconds = stepSeconds / partsOfStep;
  const part = (name: string) => sql`avg((parts->>${name})::float8)`;
  const [starts, ends] = [from, to].map((date) => sql`${date.toISOString()}::timestamptz`) as [SQL, SQL];
  const { rows } = await ctx.db.execute<Row>(sql`
    with pieces as (
      select greatest(piece, ${starts}) as starts, least(piece + make_interval(secs => ${partSeconds}), ${ends}) as ends
      from generate_series(to_timestamp(floor(extract(epoch from ${starts}) / ${partSeconds}::float8) * ${partSeconds}::float8), ${ends},
        make_interval(secs => ${partSeconds})) as series(piece)
    )
    select (floor(extract(epoch from at) / ${stepSeconds}::int) * ${stepSeconds}::int * 1000)::float8 as at,
      avg(batch_rows)::float8 as "batchRowsMean", ${part("beforeMs")} as "beforeMs", ${part("queueMs")} as "queueMs",
      ${part("computeMs")} as "computeMs", ${part("afterMs")} as "afterMs"
    from pieces cross join lateral (
      select at, batch_rows, parts from predictions
      where workspace_id = ${ctx.actor.workspaceId} and endpoint_id = ${endpointId} and arm <> 'shadow' and logged_reason = 'sampled'
        and status = 200 and source = 'model' and at >= pieces.starts and at < pieces.ends
      order by at desc limit ${maxPerPart}
    ) as sampled
    group by 1 order by 1`);
  return { stepSeconds, steps: rows.map(({ at, ...row }) => ({ ...row, at: new Date(at) })) };
}
