import { and, eq, lt, sql } from "drizzle-orm";
import { dataQualityMinutes, endpoints, monitoringMarks } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs, minuteMs } from "#server/base/durations.ts";
import { Protection } from "#server/serve/protection/contract.ts";
import type { MonitorSettings } from "../../contract.ts";
import { readContract } from "../evaluate/read-contract.ts";
import { readRows } from "../evaluate/read-rows.ts";
import type { RuleRow } from "../rules/check-rules.ts";
import { type RowPromise, rowPromises } from "./row-promises.ts";

/** Gateways tell of requests within minutes: so much is counted again at each look. */
const againMs = 15 * minuteMs;
/** While no worker looked, no more is caught up with, a quarter of an hour at a time. */
const reachMs = dayMs;
/** History that SLOs look at, and some more. */
const retentionMs = 100 * dayMs;
const mark = "data-quality";
/** Maximum sample per minute, identical at every evaluation: 200 rows a minute are enough to estimate a share. */
const perMinute = { requests: 20, rows: 10 };

interface Counted {
  endpointId: string;
  settings: Pick<MonitorSettings, "rules" | "limits">;
  now: number;
}

/**
 * Counts by minute how many sampled rows of an endpoint keep everything that is promised of them, as it is promised now; what was counted more than
 * a quarter of an hour ago stays as it was. For the worker; twice is the same as once.
 */
export async function countPassingRows(ctx: Context, { endpointId, settings, now }: Counted): Promise<void> {
  const { workspaceId } = ctx.actor;
  const isMine = and(eq(monitoringMarks.endpointId, endpointId), eq(monitoringMarks.name, mark));
  const [known] = await ctx.db.select({ at: monitoringMarks.at }).from(monitoringMarks).where(isMine);
  const until = Math.floor(now / minuteMs) * minuteMs;
  const last = Math.max(known?.at.getTime() ?? 0, until - reachMs);
  const from = Math.min(last, until) - againMs;
  for (const { versionId, ...promised } of await promisedOf(ctx, { endpointId, settings, from, until })) {
    for (let start = from; start < until; start += againMs) {
      const span = { from: new Date(start), to: new Date(Math.min(start + againMs, until)) };
      const { rows, minutes, specs } = await readRows(ctx, { endpointId, versionId, ...span, perMinute });
      const promises = rowPromises({ settings, ...promised, specs });
      if (promises.length > 0) await store(ctx, { endpointId, versionId }, countPassing(promises, rows, minutes));
    }
  }
  await ctx.db
    .insert(monitoringMarks)
    .values({ workspaceId, endpointId, name: mark, at: new Date(until) })
    .onConflictDoUpdate({ target: [monitoringMarks.endpointId, monitoringMarks.name], set: { at: new Date(until) } });
  const isOld = lt(dataQualityMinutes.minute, new Date(now - retentionMs));
  await ctx.db.delete(dataQualityMinutes).where(and(eq(dataQualityMinutes.endpointId, endpointId), isOld));
}

/** Returns the versions that served predictions in a time range and whose rows have a contract. */
async function promisedOf(
  ctx: Context,
  { endpointId, settings, from, until }: Omit<Counted, "now"> & { from: number; until: number },
) {
  const isOurs = and(eq(endpoints.workspaceId, ctx.actor.workspaceId), eq(endpoints.id, endpointId));
  const [endpoint] = await ctx.db.select({ protection: endpoints.protection }).from(endpoints).where(isOurs);
  const { fields } = Protection.parse(endpoint?.protection ?? {});
  const own = settings.rules.length + Object.keys(settings.limits).length + fields.length;
  const promised = [];
  for (const versionId of await answering(ctx, endpointId, { from: new Date(from), to: new Date(until) })) {
    const contract = await readContract(ctx, versionId);
    if (own > 0 || contract) promised.push({ versionId, contract, fields });
  }
  return promised;
}

function countPassing(promises: readonly RowPromise[], rows: readonly RuleRow[], minutes: readonly number[]) {
  const counts = new Map<number, { good: number; total: number }>();
  for (const [index, row] of rows.entries()) {
    const minute = minutes[index] as number;
    const count = counts.get(minute) ?? { good: 0, total: 0 };
    counts.set(minute, count);
    count.total += 1;
    if (promises.every((keeps) => keeps(row))) count.good += 1;
  }
  return counts;
}

async function answering(ctx: Context, endpointId: string, { from, to }: { from: Date; to: Date }): Promise<string[]> {
  const { rows } = await ctx.db.execute<{ versionId: string }>(sql`
    select distinct version_id as "versionId" from predictions
    where workspace_id = ${ctx.actor.workspaceId} and endpoint_id = ${endpointId} and arm <> 'shadow'
      and at >= ${from.toISOString()}::timestamptz and at < ${to.toISOString()}::timestamptz and logged_reason = 'sampled'`);
  return rows.map(({ versionId }) => versionId);
}

async function store(
  ctx: Context,
  of: { endpointId: string; versionId: string },
  counts: ReadonlyMap<number, { good: number; total: number }>,
): Promise<void> {
  if (counts.size === 0) return;
  const { workspaceId } = ctx.actor;
  const rows = [...counts].map(([minute, count]) => ({ workspaceId, ...of, minute: new Date(minute), ...count }));
  const { endpointId, minute, versionId } = dataQualityMinutes;
  await ctx.db
    .insert(dataQualityMinutes)
    .values(rows)
    .onConflictDoUpdate({
      target: [endpointId, minute, versionId],
      set: { good: sql`excluded.good`, total: sql`excluded.total` },
    });
}
