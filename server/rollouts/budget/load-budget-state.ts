import { sql } from "drizzle-orm";
import type { Context } from "#server/context.ts";
import { findEndpointById } from "#server/serving/lookups.ts";
import { bucketOf } from "#server/stats/histogram.ts";
import { budgetState } from "./budget-state.ts";
import { type BudgetState, EndpointBudget } from "./contract.ts";

/**
 * The error budget of an endpoint by what gateways counted over its period, for who was let in already. Requests that the cache
 * answered count as answered; those in shadow are nobody's. @throws DomainError "not-found"
 */
export async function loadBudgetState(ctx: Context, endpointId: string): Promise<BudgetState> {
  const { budget, name } = await findEndpointById(ctx, endpointId);
  const promised = EndpointBudget.parse(budget);
  const none = { availability: { total: 0, bad: 0 }, latency: { total: 0, bad: 0 } };
  if (promised.availability === null && promised.latency === null) return budgetState(promised, name, none);
  // Nothing lies beyond the highest bucket, so that all are within where nothing is promised.
  const last = promised.latency ? bucketOf(promised.latency.withinMs) : 2 ** 31 - 1;
  const { rows } = await ctx.db.execute<{ total: number; bad: number; measured: number; late: number }>(sql`
    select coalesce(sum(requests + cache_hits + coalesced), 0)::float8 as total,
      coalesce(sum((select sum(value::int) from jsonb_each_text(failures) where key >= '500')), 0)::float8 as bad,
      coalesce(sum((select sum(value::int) from jsonb_each_text(latency_buckets))), 0)::float8 as measured,
      coalesce(sum((select sum(value::int) from jsonb_each_text(latency_buckets) where key::int > ${last})), 0)::float8
        as late
    from serving_windows
    where workspace_id = ${ctx.actor.workspaceId} and endpoint_id = ${endpointId} and arm <> 'shadow'
      and window_start >= now() - make_interval(days => ${promised.days})`);
  const { total = 0, bad = 0, measured = 0, late = 0 } = rows[0] ?? {};
  return budgetState(promised, name, { availability: { total, bad }, latency: { total: measured, bad: late } });
}
