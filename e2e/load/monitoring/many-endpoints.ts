import { randomUUID } from "node:crypto";
import { type SQL, sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { getOverview } from "#server/report/overview/queries.ts";
import { listEndpoints } from "#server/serve/endpoints/endpoint-queries.ts";
import { listDrift } from "#server/watch/monitoring/drift/report/list-drift.ts";
import { listQuality } from "#server/watch/monitoring/quality/queries.ts";
import { comparedTo, type Row } from "../report.ts";

const [few, many] = [3, 300];
const rounds = 7;
/** A hundred times as many endpoints may take so many times as long. */
const maxTimes = 10;

/** Measures the lists of 300 endpoints against those of 3: each a copy of one with a week of quality, states, hours and verdicts. */
export async function manyEndpoints(ctx: Context, endpointId: string, now: number): Promise<Row[]> {
  const week = { from: new Date(now - 7 * dayMs), to: new Date(now) };
  const lists: Record<string, () => Promise<unknown>> = {
    "quality list": () => listQuality(ctx, week),
    "drift list": () => listDrift(ctx),
    "endpoints list": () => listEndpoints(ctx, { limit: 500 }),
    "overview, now": () => getOverview(ctx),
  };
  await copyEndpoint(ctx, endpointId, few - 1);
  const before = await medians(lists);
  await copyEndpoint(ctx, endpointId, many - few);
  const after = await medians(lists);
  return Object.keys(lists).map((name) => {
    const [peer = Number.NaN, leeway = Number.NaN] = [before.get(name), after.get(name)];
    return comparedTo(peer, { name: `${name}, ${many} by ${few}`, unit: "ms", leeway }, "at most", maxTimes);
  });
}

async function medians(lists: Record<string, () => Promise<unknown>>): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const [name, request] of Object.entries(lists)) {
    const times: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const startedAt = performance.now();
      await request();
      times.push(performance.now() - startedAt);
    }
    found.set(name, times.toSorted((a, b) => a - b)[Math.floor(rounds / 2)] ?? Number.NaN);
  }
  return found;
}

/** Copies rows unchanged to new endpoints that serve the same version. */
async function copyEndpoint(ctx: Context, endpointId: string, count: number): Promise<void> {
  const ids = Array.from({ length: count }, () => randomUUID());
  const copy = (table: string, replaced: SQL, where: SQL) => {
    const name = sql.identifier(table);
    return ctx.db.execute(sql`
      insert into ${name} overriding system value
      select made.* from ${name} as source cross join unnest(${sql.param(ids)}::uuid[]) as copy(id)
      cross join lateral jsonb_populate_record(null::${name}, to_jsonb(source) || ${replaced}) as made where ${where}`);
  };
  const own = sql`source.endpoint_id = ${endpointId}`;
  const ofCopy = sql`jsonb_build_object('endpoint_id', copy.id)`;
  const lately = (column: string, days: number) =>
    sql`${own} and source.${sql.identifier(column)} >= now() - make_interval(days => ${days}::int)`;
  await copy(
    "endpoints",
    sql`jsonb_build_object('id', copy.id, 'name', 'copy-' || copy.id)`,
    sql`source.id = ${endpointId}`,
  );
  const deployment = sql`${ofCopy} || jsonb_build_object('id', nextval(pg_get_serial_sequence('deployments', 'id')))`;
  await copy("deployments", deployment, own);
  await copy("quality_hours", ofCopy, sql`${lately("hour", 7)} and source.segment = ''`);
  await copy("feature_states", ofCopy, sql`${lately("start", 8)} and source.segment = '' and source.grain <> 'minute'`);
  await copy("drift_windows", ofCopy, sql`${lately("start", 2)} and source.segment = ''`);
  await copy("serving_hours", ofCopy, lately("hour", 2));
  await ctx.db.execute(sql`analyze`);
}
