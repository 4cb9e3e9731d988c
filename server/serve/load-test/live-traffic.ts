import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { describeSum, sumWindows } from "../series/window-sums.ts";
import type { LiveTraffic } from "./stop-rule.ts";

/** Returns the live traffic of every endpoint of the workspace between two times, as far as gateways have reported it. */
export async function liveTraffic(ctx: Context, from: Date, to: Date): Promise<LiveTraffic[]> {
  const where = sql`arm <> 'shadow' and window_start >= ${from.toISOString()}::timestamptz and window_start < ${to.toISOString()}::timestamptz`;
  const name = sql`(select to_jsonb(name) from endpoints where endpoints.id = serving_windows.endpoint_id)`;
  const sums = await sumWindows<string | null>(ctx, where, name);
  return sums.flatMap((sum) => {
    if (sum.key === null) return [];
    const { requests, serverErrors, latencyMsP99 } = describeSum(sum);
    return [{ endpoint: sum.key, requests, serverErrors, latencyMsP99 }];
  });
}
