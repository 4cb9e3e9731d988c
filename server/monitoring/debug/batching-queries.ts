import { sql } from "drizzle-orm";
import type { Context } from "#server/context.ts";
import { permit } from "#server/identity/permit.ts";
import { findEndpointById } from "#server/serving/lookups.ts";
import { type Batching, GetBatching } from "./contract.ts";
import { stepSecondsOf } from "./step-seconds.ts";

type Row = Omit<Batching["steps"][number], "at"> & { at: number; [column: string]: unknown };

/**
 * Where the time of requests went and how many rows ran together, as means over the sampled requests of the log, by step.
 * @throws DomainError "not-found" for the endpoint
 */
export async function getBatching(ctx: Context, input: GetBatching): Promise<Batching> {
  permit(ctx, "getBatching");
  const { endpointId, from, to } = GetBatching.parse(input);
  await findEndpointById(ctx, endpointId);
  const stepSeconds = stepSecondsOf(from, to);
  const part = (name: string) => sql`avg((parts->>${name})::float8)`;
  const { rows } = await ctx.db.execute<Row>(sql`
    select (floor(extract(epoch from at) / ${stepSeconds}::int) * ${stepSeconds}::int * 1000)::float8 as at,
      avg(batch_rows)::float8 as "batchRowsMean", ${part("beforeMs")} as "beforeMs", ${part("queueMs")} as "queueMs",
      ${part("computeMs")} as "computeMs", ${part("afterMs")} as "afterMs"
    from predictions
    where workspace_id = ${ctx.actor.workspaceId} and endpoint_id = ${endpointId} and arm <> 'shadow' and kept = 'sampled'
      and status = 200 and source = 'model'
      and at >= ${from.toISOString()}::timestamptz and at < ${to.toISOString()}::timestamptz
    group by 1 order by 1`);
  return { stepSeconds, steps: rows.map(({ at, ...row }) => ({ ...row, at: new Date(at) })) };
}
