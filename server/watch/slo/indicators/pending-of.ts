import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import type { Indicator } from "../../objectives/indicators/contract.ts";
import { isAggregate } from "./count-quality.ts";

/**
 * Returns the number of sampled predictions younger than the maturity, which are waiting for their label: shown, and in neither count.
 * @returns null for indicators without maturity
 */
export async function pendingOf(ctx: Context, indicator: Indicator): Promise<number | null> {
  if (!("maturityMs" in indicator)) return null;
  const { rows } = await ctx.db.execute<{ pending: number }>(sql`
    select count(*)::float8 as pending from predictions as logged
    where logged.workspace_id = ${ctx.actor.workspaceId} and logged.endpoint_id = ${indicator.endpointId} and ${isAggregate}
      and logged.at > now() - make_interval(secs => ${indicator.maturityMs / 1000})`);
  return rows[0]?.pending ?? 0;
}
