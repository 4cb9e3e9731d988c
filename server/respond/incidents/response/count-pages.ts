import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { rowOf } from "#server/base/rows-of.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { GetResponseMetrics, PageCounts } from "./contract.ts";

/** Counts the pages of a time range, by endpoint if one is given. */
export async function countPages(ctx: Context, input: Omit<GetResponseMetrics, "severity">): Promise<PageCounts> {
  permit(ctx, "responseMetrics");
  const { from, to, endpointId } = GetResponseMetrics.parse(input);
  const { workspaceId, endpoints: allowed } = ctx.actor;
  const ofEndpoint = endpointId ? sql`and one.summary->>'endpointId' = ${endpointId}` : sql``;
  const ofCaller = allowed ? sql`and endpoint.name = any(${sql.param([...allowed])}::text[])` : sql``;
  const found = await ctx.db.execute(sql`
    select count(*)::int as total, count(feedback.group_id)::int as rated,
      (count(*) filter (where feedback.verdict = 'actionable'))::int as actionable
    from alert_groups as one
    left join alert_verdicts as feedback on feedback.group_id = one.id
    left join endpoints as endpoint on endpoint.id::text = one.summary->>'endpointId'
    where one.workspace_id = ${workspaceId} and one.paged_at between ${from.toISOString()}::timestamptz and ${to.toISOString()}::timestamptz
      ${ofEndpoint} ${ofCaller}`);
  return rowOf(PageCounts, found);
}
