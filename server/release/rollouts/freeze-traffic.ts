import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { sumTraffic, sumWindows, type WindowSum } from "#server/serve/series/window-sums.ts";
import { slowerThan } from "#server/stats/sequential/latency.ts";
import type { FrozenFacts } from "../../serve/rollout/contract.ts";
import { hourlyBounds, type RecordedHour } from "./evidence/record-limits.ts";
import type { Frozen } from "./freeze-facts.ts";

/** Days whose hours say what is usual for an hour of the week: the same one at least once, and once more where a week was odd. */
const recordDays = 14;

type Counted = { units: number; events: number };
type Counts = Pick<WindowSum<unknown>, "requests" | "failures" | "latencies">;
const recorded = ["errors", "client-errors", "slow"] as const;
type Recorded = (typeof recorded)[number];

/** Reads the last day of the serving version. */
export async function dayOf(ctx: Context, { endpointId, versionId }: Frozen): Promise<Counts> {
  const ofEndpoint = sql`endpoint_id = ${endpointId} and version_id = ${versionId} and arm <> 'shadow'`;
  const ofDay = sql`${ofEndpoint} and window_start >= now() - interval '1 day'`;
  const [day] = await sumWindows<null>(ctx, ofDay, sql`'null'::jsonb`);
  return day ?? { requests: 0, failures: {}, latencies: {} };
}

/** Counts what is bad in a time of the serving version. */
export function recordOf({ requests, failures, latencies }: Counts, slowMs: number): Record<Recorded, Counted> {
  const failed = (isCounted: (status: number) => boolean) =>
    Object.entries(failures).reduce((sum, [status, count]) => (isCounted(Number(status)) ? sum + count : sum), 0);
  return {
    errors: { units: requests, events: failed((status) => status >= 500 || status === 408) },
    // Statuses of a changed schema; other 4xx statuses, such as missing permissions or unknown names, are the client's fault.
    "client-errors": { units: requests, events: failed((status) => status === 400 || status === 422) },
    slow: slowerThan(latencies, slowMs),
  };
}

/** Returns what was usual in each hour of the week while the version served, for monitoring after the last step. */
export async function recordByHour(
  ctx: Context,
  { endpointId, versionId, plan }: Frozen,
  slowMs: number,
): Promise<FrozenFacts["recordByHour"]> {
  const to = new Date();
  const from = new Date(to.getTime() - recordDays * dayMs);
  const only = sql`version_id = ${versionId} and arm <> 'shadow'`;
  const hour = sql`to_jsonb((floor(extract(epoch from window_start) / 3600) * 3600)::bigint)`;
  const hours = await sumTraffic<number>(ctx, { endpointId, from, to, only }, "hour", hour);
  const bounds = recorded.flatMap((metric) => {
    const counts = hours.map((sum): RecordedHour => ({ at: sum.key * 1000, ...recordOf(sum, slowMs)[metric] }));
    const found = hourlyBounds(counts, plan.alphaFloor);
    return found ? [[metric, found.map((bound) => Number(bound.toPrecision(4)))] as const] : [];
  });
  return Object.fromEntries(bounds);
}
