import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { rowsOf } from "#server/base/rows-of.ts";

const Read = z.object({ isRead: z.boolean(), worst: z.enum(["page", "ticket"]).nullable() });

/** Returns whether versions of an endpoint look up features, and how severe the worst open finding of their views is. The caller has checked permissions. */
export async function featuresOfEndpoint(ctx: Context, endpointId: string): Promise<z.infer<typeof Read>> {
  const result = await ctx.db.execute(sql`
    select count(*) > 0 as "isRead", case when bool_or(finding.severity = 'page') then 'page'
      when count(finding.id) > 0 then 'ticket' end as worst
    from feature_uses as used left join feature_findings as finding
      on finding.view_id = used.view_id and finding.closed_at is null
    where used.workspace_id = ${ctx.actor.workspaceId} and used.user_kind = 'endpoint' and used.user_id = ${endpointId}`);
  return rowsOf(Read, result)[0] ?? { isRead: false, worst: null };
}
