import { type SQL, sql } from "drizzle-orm";
import { servingWindows } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs, minuteMs } from "#server/base/durations.ts";
import { addUpHour } from "#server/serve/hours/add-up-hour.ts";
import { lockHours } from "#server/serve/hours/hours-lock.ts";
import { bucketOf } from "#server/stats/histogram.ts";
import { meterUsage } from "#server/watch/cost/metering/meter-usage.ts";
import type { Past, PastHour, PastWindow } from "./contract.ts";
import { endpointIn, type Place, versionIn } from "./place.ts";

const gatewayId = "recorded-history-1";
const rowsPerStatement = 2000;
/** Latencies in milliseconds, and the share of responses with each; the first is the usual one. */
const latencies: readonly [ms: number, share: number][] = [
  [1.8, 0.86],
  [2.6, 0.12],
  [9, 0.02],
];
const computeMs = 1.4;
const queueMs = 0.2;
/** The limit of the SLO for the latency of forms. All responses are within it. */
const latencyLimitMs = 500;
/** Charts of a day are opened for these. Older days have hours. */
const tenMinutesMs = 28 * dayMs;

/** The machine of the past: a small one, whatever the demo runs on now. */
const machine = { name: "recorded-history", cores: 2, memoryBytes: 8 * 2 ** 30 };

/**
 * Writes the counters of gateways, their sums by hour and ten minutes, and what machines and usage cost. Counters are never deleted, and sums
 * are kept for two years, so that everything which is computed from either stays the same.
 */
export async function writeTraffic(ctx: Context, place: Place, past: Past): Promise<void> {
  const windows = past.hours.flatMap((hour) => hour.windows.map((one) => windowRow(place, one)));
  for (const rows of chunksOf(windows)) await ctx.db.insert(servingWindows).values(rows).onConflictDoNothing();
  await addHours(ctx, place, past);
  await addTenMinutes(ctx, place, past);
  await addMachineHours(ctx, past);
  await meterUsage(ctx.db, past);
  // Last, and in the order of gateways, since it keeps them from writing counts of these endpoints.
  await ctx.db.execute(lockHours(endpointIdsOf(place), "alone"));
  for (const { endpoint, at } of past.hours.filter((hour) => !isCalm(hour)))
    await addUpHour(ctx.db, { workspaceId: place.workspaceId, endpointId: endpointIn(place, endpoint).id, hour: at });
}

const isCalm = ({ windows }: PastHour) => windows.length === 1;

function* chunksOf<Row>(rows: readonly Row[]): Generator<Row[]> {
  for (let start = 0; start < rows.length; start += rowsPerStatement) yield rows.slice(start, start + rowsPerStatement);
}

function windowRow(place: Place, window: PastWindow): typeof servingWindows.$inferInsert {
  const { endpoint, at, requests, callerErrors } = window;
  const answered = answeredOf(window);
  return {
    ...keysOf(place, window),
    gatewayId,
    windowStart: new Date(at),
    machine: machine.name,
    requests,
    rows: requests - callerErrors,
    failures: failuresOf(window),
    ...timesOf(answered),
    latencySumMs: answered * latencies.reduce((sum, [ms, share]) => sum + ms * share, 0),
    deviceSumMs: answered * computeMs,
    indicators: endpoint === "digits-forms" ? { latency: { [latencyLimitMs]: [answered, answered] } } : {},
  };
}

function keysOf(place: Place, { endpoint, version }: PastWindow) {
  return {
    workspaceId: place.workspaceId,
    endpointId: endpointIn(place, endpoint).id,
    versionId: versionIn(place, endpoint, version),
    arm: "stable" as const,
    provider: "cpu",
  };
}

function answeredOf({ requests, callerErrors, failures }: PastWindow): number {
  return requests - callerErrors - failures;
}

function failuresOf({ callerErrors, failures }: PastWindow): Record<string, number> {
  return { ...(callerErrors > 0 && { "400": callerErrors }), ...(failures > 0 && { "500": failures }) };
}

function timesOf(answered: number) {
  return {
    queueSumMs: answered * queueMs,
    computeSumMs: answered * computeMs,
    latencyBuckets: latencyBuckets(answered),
  };
}

/** Shares responses out to latencies; what rounding leaves is of the usual one. */
function latencyBuckets(answered: number): Record<string, number> {
  const [usual, ...others] = latencies.map(([ms, share]) => [bucketOf(ms), Math.floor(share * answered)] as const);
  const rest = answered - others.reduce((sum, [, count]) => sum + count, 0);
  const counts = [...(usual ? [[usual[0], rest] as const] : []), ...others];
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

/** Sums the hours that have one row of counters, which stands for all of the hour. */
async function addHours({ db }: Context, place: Place, past: Past): Promise<void> {
  await db.execute(sql`
    insert into serving_hours (workspace_id, endpoint_id, version_id, arm, provider, hour, windows, requests, failures, queue_sum_ms,
      compute_sum_ms, latency_buckets, cache_hits, coalesced)
    select workspace_id, endpoint_id, version_id, arm, provider, window_start, repeat('1', 360)::bit(360), requests, failures,
      queue_sum_ms, compute_sum_ms, latency_buckets, 0, 0
    from (
      select *, count(*) over (partition by endpoint_id, date_trunc('hour', window_start, 'UTC')) as rows_of_hour
      from serving_windows where ${ofPast(place, past, sql`window_start`)} and gateway_id = ${gatewayId}
    ) as counted
    where rows_of_hour = 1
    on conflict do nothing`);
}

/** Splits those hours into ten minutes each, for charts of a day. */
async function addTenMinutes({ db }: Context, place: Place, past: Past): Promise<void> {
  const shareOf = (count: SQL) => sql`${count} / 6 + (part < ${count} % 6)::int`;
  const parted = (counts: SQL) => sql`(
    select coalesce(jsonb_object_agg(one.key, ${shareOf(sql`one.value::int`)}), '{}')
    from jsonb_each_text(${counts}) as one where ${shareOf(sql`one.value::int`)} > 0)`;
  const recent = { ...past, from: Math.max(past.from, past.to - tenMinutesMs) };
  await db.execute(sql`
    insert into serving_ten_minutes (workspace_id, endpoint_id, version_id, arm, provider, hour, start, windows, requests, failures,
      queue_sum_ms, compute_sum_ms, latency_buckets, cache_hits, coalesced)
    select workspace_id, endpoint_id, version_id, arm, provider, hour, hour + part * interval '10 minutes',
      (repeat('0', part * 60) || repeat('1', 60) || repeat('0', 300 - part * 60))::bit(360), ${shareOf(sql`requests`)},
      ${parted(sql`failures`)}, queue_sum_ms / 6, compute_sum_ms / 6, ${parted(sql`latency_buckets`)}, 0, 0
    from serving_hours cross join generate_series(0, 5) as part
    where ${ofPast(place, recent, sql`hour`)}
    on conflict do nothing`);
}

function endpointIdsOf({ endpoints }: Place): string[] {
  return [...endpoints.values()].map(({ id }) => id);
}

/** Condition on the rows of the past's endpoints in its span. */
function ofPast(place: Place, { from, to }: Pick<Past, "from" | "to">, column: SQL): SQL {
  const ids = endpointIdsOf(place);
  const instant = (at: number) => sql`${new Date(at).toISOString()}::timestamptz`;
  return sql`workspace_id = ${place.workspaceId} and endpoint_id = any(${sql.param(ids)}::uuid[])
    and ${column} >= ${instant(from)} and ${column} < ${instant(to)}`;
}

/** Records that the machine was up in every minute of the past. */
async function addMachineHours({ db }: Context, { from, to }: Past): Promise<void> {
  await db.execute(sql`
    insert into machine_hours (machine, hour, cores, gpus, memory_bytes, minutes_up)
    select ${machine.name}, hour, ${machine.cores}, 0, ${machine.memoryBytes}, (1::bigint << 60) - 1
    from generate_series(${new Date(from).toISOString()}::timestamptz, ${new Date(to - minuteMs).toISOString()}::timestamptz,
      interval '1 hour') as hour
    on conflict do nothing`);
}
