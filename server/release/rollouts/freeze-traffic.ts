import { type SQL, sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { isOutsideGameDays } from "#server/serve/faults/outside-game-days.ts";
import { ownLatency } from "#server/serve/predictions/own-latency.ts";
import { sumTraffic, sumWindows, type WindowSum } from "#server/serve/series/window-sums.ts";
import { windowSeconds } from "#server/serve/windows/contract.ts";
import { type Histogram, quantiles } from "#server/stats/histogram.ts";
import { slowerThan } from "#server/stats/sequential/latency.ts";
import type { FrozenFacts } from "../../serve/rollout/contract.ts";
import { hourlyBounds, type RecordedHour } from "./evidence/record-limits.ts";
import type { Frozen } from "./freeze-facts.ts";

/** Days whose hours say what is usual for an hour of the week: the same one at least once, and once more where a week was odd. */
const recordDays = 14;

/** Minimum number of logged predictions that say how long the version itself takes. */
const minLogged = 100;
/** Newest logged predictions that are read. */
const maxLogged = 200_000;
const slowAbove = 0.95;

/** Times of the serving version itself, from the sampled log. */
export interface OwnTimes {
  /** The p95 of the last day. */
  p95: number;
  /** Counts by hour of responses slower than a time. */
  slowerThan(slowMs: number): Promise<RecordedHour[]>;
  /** The same of the last day by window, in the order of time. */
  windowsSlowerThan(slowMs: number): Promise<OwnWindow[]>;
}

/** Logged responses in a window. */
export interface OwnWindow {
  /** Start in seconds since 1970 by the seconds of a window. */
  at: number;
  units: number;
  events: number;
}

/**
 * Reads how long the serving version itself takes, without queue and hand-off, which windows do not count.
 * @returns undefined with few logged predictions: then the latency of complete requests is the limit, which is never lower
 */
export async function ownTimesOf(
  ctx: Context,
  { endpointId, versionId }: Pick<Frozen, "endpointId" | "versionId">,
): Promise<OwnTimes | undefined> {
  const logged = (days: number) => sql`
    select at, ${ownLatency()} as own from predictions
    where workspace_id = ${ctx.actor.workspaceId} and endpoint_id = ${endpointId} and version_id = ${versionId}
      and arm <> 'shadow' and logged_reason = 'sampled' and source = 'model' and parts is not null
      and ${isOutsideGameDays()}
      and at >= now() - make_interval(days => ${days})
    order by at desc limit ${maxLogged}`;
  const { rows } = await ctx.db.execute<{ units: number; p95: number | null }>(sql`
    select count(*)::float8 as units, percentile_cont(${slowAbove}) within group (order by own) as p95
    from (${logged(1)}) as day`);
  const { units = 0, p95 = null } = rows[0] ?? {};
  if (units < minLogged || p95 === null) return undefined;
  const slowerThan = async (slowMs: number) => {
    const hours = await ctx.db.execute<{ at: number; units: number; events: number }>(sql`
      select (floor(extract(epoch from at) / 3600) * 3600000)::float8 as at, count(*)::float8 as units,
        (count(*) filter (where own > ${slowMs}))::float8 as events
      from (${logged(recordDays)}) as times group by 1`);
    return hours.rows;
  };
  const windowsSlowerThan = async (slowMs: number) => {
    const windows = await ctx.db.execute<{ at: number; units: number; events: number }>(sql`
      select floor(extract(epoch from at) / ${windowSeconds})::float8 as at, count(*)::float8 as units,
        (count(*) filter (where own > ${slowMs}))::float8 as events
      from (${logged(1)}) as times group by 1 order by 1`);
    return windows.rows;
  };
  return { p95, slowerThan, windowsSlowerThan };
}

/** Adds up the hours of the last days. */
export function sumOfDays(hours: readonly RecordedHour[], days: number): Counted {
  const recent = hours.filter(({ at }) => at > Date.now() - days * dayMs);
  const sum = (of: (hour: RecordedHour) => number) => recent.reduce((total, hour) => total + of(hour), 0);
  return { units: sum(({ units }) => units), events: sum(({ events }) => events) };
}

/**
 * Returns the latency of complete requests that is exceeded as often as the limit is by the time of the version itself. Windows count
 * complete latencies only, so these show how slow responses come in bursts unless the log is complete (docs/spec/sequential-analysis.md
 * section 7.1).
 * @param own units and slow ones by the version's own time; undefined where it is not known: then the limit itself
 */
export function equallySlowMs(latencies: Histogram, own: Counted | undefined, slowMs: number): number {
  if (!own || own.units === 0) return slowMs;
  return quantiles(latencies, [1 - own.events / own.units])[0] ?? slowMs;
}

type Counted = { units: number; events: number };
type Counts = Pick<WindowSum<unknown>, "requests" | "failures" | "latencies">;
const recorded = ["errors", "client-errors", "slow"] as const;
type Recorded = (typeof recorded)[number];

/** Condition for the windows of the last day of the serving version. */
export function inDay({ endpointId, versionId }: Frozen): SQL {
  return sql`endpoint_id = ${endpointId} and version_id = ${versionId} and arm <> 'shadow'
    and window_start >= now() - interval '1 day'`;
}

/** Reads the last day of the serving version. */
export async function dayOf(ctx: Context, frozen: Frozen): Promise<Counts> {
  const [day] = await sumWindows<null>(ctx, inDay(frozen), sql`'null'::jsonb`);
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

/**
 * Returns what was usual in each hour of the week while the version served, for monitoring after the last step.
 * @param slowHours counts of slow responses, if not those of complete requests
 */
export async function recordByHour(
  ctx: Context,
  { endpointId, versionId, plan }: Frozen,
  slowMs: number,
  slowHours: readonly RecordedHour[] | undefined,
): Promise<FrozenFacts["recordByHour"]> {
  const to = new Date();
  const from = new Date(to.getTime() - recordDays * dayMs);
  const only = sql`version_id = ${versionId} and arm <> 'shadow'`;
  const hour = sql`to_jsonb((floor(extract(epoch from window_start) / 3600) * 3600)::bigint)`;
  const hours = await sumTraffic<number>(ctx, { endpointId, from, to, only }, "hour", hour);
  const bounds = recorded.flatMap((metric) => {
    const ofWindows = hours.map((sum): RecordedHour => ({ at: sum.key * 1000, ...recordOf(sum, slowMs)[metric] }));
    const counts = metric === "slow" ? (slowHours ?? ofWindows) : ofWindows;
    const found = hourlyBounds(counts, plan.alphaFloor);
    return found ? [[metric, found.map((bound) => Number(bound.toPrecision(4)))] as const] : [];
  });
  return Object.fromEntries(bounds);
}
