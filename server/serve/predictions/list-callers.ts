import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { rowsOf } from "#server/base/rows-of.ts";

/** Newest logged requests that are counted: few enough to be read at once from any log. */
const maxLogged = 1_000;
const maxDays = 7;

/**
 * Lists who sent the newest requests of an endpoint in the random sample of its log, at most seven days old: names of tokens and people, the one
 * with most requests first. The caller has checked permissions.
 */
export async function listCallers(ctx: Context, endpointId: string): Promise<string[]> {
  const result = await ctx.db.execute(sql`
    select caller from (
      select caller from predictions
      where workspace_id = ${ctx.actor.workspaceId} and endpoint_id = ${endpointId} and logged_reason = 'sampled' and arm <> 'shadow'
        and caller is not null and at >= now() - make_interval(days => ${maxDays})
      order by at desc limit ${maxLogged}
    ) as newest group by caller order by count(*) desc, caller`);
  return rowsOf(z.object({ caller: z.string() }), result).map(({ caller }) => caller);
}
