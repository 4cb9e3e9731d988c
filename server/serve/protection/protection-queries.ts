import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findEndpointById } from "../endpoints/lookups.ts";
import { trafficSource } from "../hours/traffic-source.ts";
import { windowSeconds } from "../windows/contract.ts";
import { FieldViolations, GetProtection, GetViolations, Protection, type ViolationReport } from "./contract.ts";

/** Returns the limits and the input contract of an endpoint. @throws DomainError "not-found" */
export async function getProtection(ctx: Context, input: GetProtection): Promise<Protection> {
  permit(ctx, "getProtection");
  const { protection } = await findEndpointById(ctx, GetProtection.parse(input).endpointId);
  return Protection.parse(protection);
}

/** Counts violations of the input contract, by field and kind, most frequent first. The window that is still open is excluded. */
export async function getViolations(ctx: Context, input: GetViolations): Promise<ViolationReport> {
  permit(ctx, "getViolations");
  return countViolations(ctx, input);
}

/** Counts violations; the caller has checked permissions. */
export async function countViolations(ctx: Context, input: GetViolations): Promise<ViolationReport> {
  const { endpointId, from, to } = GetViolations.parse(input);
  await findEndpointById(ctx, endpointId);
  const only = sql`arm <> 'shadow'`;
  const [total] = (
    await ctx.db.execute<{ requests: number }>(sql`
      select coalesce(sum(requests + cache_hits + coalesced), 0)::int as requests
      from ${trafficSource(ctx, { endpointId, from, to, only }, "hour")} as traffic`)
  ).rows;
  const result = await ctx.db.execute(sql`
    select field, kind,
      coalesce(sum(count) filter (where outcome = 'rejected'), 0)::int as rejected,
      coalesce(sum(count) filter (where outcome = 'clipped'), 0)::int as clipped,
      coalesce(sum(count) filter (where outcome = 'flagged'), 0)::int as flagged
    from (
      select one.key::jsonb ->> 0 as field, one.key::jsonb ->> 1 as kind, one.key::jsonb ->> 2 as outcome, one.value::int as count
      from (
        select violations from serving_windows
        where workspace_id = ${ctx.actor.workspaceId} and endpoint_id = ${endpointId} and ${only} and violations <> '{}'
          and window_start >= ${from.toISOString()}::timestamptz and window_start < ${to.toISOString()}::timestamptz
          and window_start < now() - make_interval(secs => ${windowSeconds})
      ) as broken, jsonb_each_text(broken.violations) as one
    ) as counted
    group by field, kind
    order by sum(count) desc, field, kind`);
  return { requests: total?.requests ?? 0, violations: rowsOf(FieldViolations, result), windowSeconds };
}
