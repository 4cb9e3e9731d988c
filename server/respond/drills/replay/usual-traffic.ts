import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs, minuteMs } from "#server/base/durations.ts";
import { sumTraffic } from "#server/serve/series/window-sums.ts";
import { type Histogram, merge } from "#server/stats/histogram.ts";
import type { MinuteCounts } from "#server/watch/objectives/indicators/contract.ts";
import { sumOf } from "#server/watch/slo/spending/sum-of.ts";

const days = 7;

/** Traffic of an endpoint at an hour of the day. */
interface UsualTraffic {
  perMinute: number;
  latencies: Histogram;
}

/**
 * Reads the traffic of an endpoint in the same hour of the last seven days, of those days that had any. The caller has checked permissions.
 * @param hour start of the hour, in milliseconds since 1970
 */
export async function readUsualTraffic(ctx: Context, endpointId: string, hour: number): Promise<UsualTraffic> {
  let [requests, counted] = [0, 0];
  let latencies: Histogram = {};
  for (let day = 1; day <= days; day += 1) {
    const from = new Date(hour - day * dayMs);
    const span = { endpointId, from, to: new Date(from.getTime() + hourMs), only: sql`arm <> 'shadow'` };
    const [sum] = await sumTraffic<null>(ctx, span, "hour", sql`'null'::jsonb`);
    const all = sum ? sum.requests + sum.cacheHits + sum.coalesced : 0;
    if (!sum || all === 0) continue;
    requests += all;
    counted += 1;
    latencies = merge(latencies, sum.latencies);
  }
  return { perMinute: counted === 0 ? 0 : requests / (counted * 60), latencies };
}

/** Returns the events a minute of an SLI in the same hour of the last seven days, of those days that had any, and how many were bad. */
export function usualEvents(counts: MinuteCounts, hour: number): { total: number; bad: number } {
  const sums = Array.from({ length: days }, (_, day) => {
    const from = hour - (day + 1) * dayMs;
    return sumOf(counts, { from, to: from + hourMs });
  }).filter(({ total }) => total > 0);
  const mean = (of: (sum: { total: number; bad: number }) => number) =>
    sums.length === 0 ? 0 : sums.reduce((sum, each) => sum + of(each), 0) / (sums.length * (hourMs / minuteMs));
  return { total: mean(({ total }) => total), bad: mean(({ bad }) => bad) };
}
