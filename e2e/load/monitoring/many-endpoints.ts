import { randomUUID } from "node:crypto";
import { type SQL, sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { getOverview } from "#server/report/overview/queries.ts";
import { listFleet } from "#server/respond/fleet/queries.ts";
import { listEndpoints } from "#server/serve/endpoints/endpoint-queries.ts";
import { listDrift } from "#server/watch/monitoring/drift/report/list-drift.ts";
import { listQuality } from "#server/watch/monitoring/quality/queries.ts";
import { listSlos } from "#server/watch/slo/objectives/queries.ts";
import { quantile } from "../raw-clients.ts";
import { atMost, comparedTo, type Row } from "../report.ts";

const [few, many] = [3, 300];
const rounds = 25;
/** A hundred times as many endpoints may take so many times as long. */
const maxTimes = 10;
const maxMs = 300;

/**
 * Measures the lists of 300 endpoints, and against those of 3: each a copy of one with SLOs and a week of quality, states, hours and verdicts.  */
export async function manyEndpoints(ctx: Context, endpointId: string, now: number): Promise<Row[]> {
  const week = { from: new Date(now - 7 * dayMs), to: new Date(now) };
  const lists: Record<string, () => Promise<unknown>> = {
    fleet: () => listFleet(ctx),
    "quality list": () => listQuality(ctx, week),
    "drift list": () => listDrift(ctx),
    "endpoints list": () => listEndpoints(ctx, { limit: 500 }),
    "overview, now": () => getOverview(ctx),
    "SLO list": () => listSlos(ctx),
  };
  await copyEndpoint(ctx, endpointId, few - 1);
  const before = await timesOf(lists);
  await copyEndpoint(ctx, endpointId, many - few);
  const after = await timesOf(lists);
  return Object.keys(lists).flatMap((name) => {
    const [times = [], fewTimes = []] = [after.get(name), before.get(name)];
    const numbers = { name: `${name}, ${many} by ${few}`, unit: "ms", leeway: quantile(times, 0.5) };
    return [
      // Of 900 SLOs against 9 the rows alone make the difference.
      ...(name === "SLO list" ? [] : [comparedTo(quantile(fewTimes, 0.5), numbers, "at most", maxTimes)]),
      atMost(maxMs, { name: `${name}, ${many} endpoints, p95`, unit: "ms", leeway: quantile(times, 0.95) }),
    ];
  });
}

async function timesOf(lists: Record<string, () => Promise<unknown>>): Promise<Map<string, number[]>> {
  const found = new Map<string, number[]>();
  for (const [name, request] of Object.entries(lists)) {
    const times: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const startedAt = performance.now();
      await request();
      times.push(performance.now() - startedAt);
    }
    found.set(name, times);
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
  const idOf = (id: SQL) => sql`md5(${id}::text || copy.id::text)::uuid`;
  await copy(
    "slos",
    sql`${ofCopy} || jsonb_build_object('id', ${idOf(sql`source.id`)}, 'name', source.name || '-' || copy.id)`,
    own,
  );
  await copy(
    "slo_states",
    sql`jsonb_build_object('slo_id', ${idOf(sql`source.slo_id`)})`,
    sql`source.slo_id in (select id from slos where endpoint_id = ${endpointId})`,
  );
  await ctx.db.execute(sql`analyze`);
}
