import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { hourMs, minuteMs } from "#server/base/durations.ts";
import { sideBySide } from "#server/base/side-by-side.ts";
import type { TrafficTotal } from "#server/serve/series/contract.ts";
import { sumWindows, totalOf } from "#server/serve/series/window-sums.ts";
import { windowSeconds } from "#server/serve/windows/contract.ts";
import type { Glance, TriageNumbers } from "./contract.ts";

const nowMs = 10 * minuteMs;

interface Requested {
  endpointId: string;
  startedAt: number;
  to: number;
}

/** Reads latency, errors and traffic of the last ten minutes, next to those of the hour before the problem started. */
export async function readGlance(
  ctx: Context,
  { endpointId, startedAt, to }: Requested,
): Promise<TriageNumbers["glance"]> {
  const [now, before] = await sideBySide(ctx, [
    () => totals(ctx, endpointId, to - nowMs, to),
    () => totals(ctx, endpointId, startedAt - hourMs, startedAt),
  ]);
  return now.requests + before.requests > 0 ? { now: glanceOf(now), before: glanceOf(before) } : null;
}

async function totals(ctx: Context, endpointId: string, from: number, to: number): Promise<TrafficTotal> {
  const where = sql`endpoint_id = ${endpointId} and arm <> 'shadow' and window_start >= ${new Date(from).toISOString()}::timestamptz
    and window_start < ${new Date(to).toISOString()}::timestamptz and window_start < now() - make_interval(secs => ${windowSeconds})`;
  const sums = await sumWindows<number>(ctx, where, sql`to_jsonb(0)`);
  return totalOf(sums, sums[0]?.windows);
}

function glanceOf(total: TrafficTotal): Glance {
  const { requests, serverErrors, clientErrors, requestsPerSecond } = total;
  // As in the indicator: client errors do not count against the service.
  const valid = requests - clientErrors;
  return {
    requestsPerSecond,
    availability: valid > 0 ? 1 - serverErrors / valid : null,
    errorShare: requests > 0 ? serverErrors / requests : null,
    p50: total.latencyMsP50,
    p95: total.latencyMsP95,
    p99: total.latencyMsP99,
  };
}
