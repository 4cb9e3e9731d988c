import { eq, sql } from "drizzle-orm";
import { deployments } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { hourMs, minuteMs } from "#server/base/durations.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { flushDue } from "#server/respond/dispatch/alert-dispatcher.ts";
import { notifyAfterChange } from "#server/respond/paging/notify-after-change.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { newVersion } from "#server/testing/scenes/serving/testing.ts";
import { evaluateSlo } from "#server/watch/slo/evaluation/evaluate-slo.ts";
import { createSlo } from "#server/watch/slo/objectives/create-slo.ts";
import { countHistory, countSeries, dueSeries } from "#server/watch/slo/rollup/count-series.ts";
import { SeriesMemory } from "#server/watch/slo/rollup/series-memory.ts";

export interface Burning {
  /** Name of the endpoint and its model. */
  name: string;
  /** Minutes since the version that fails took over. */
  minutesAgo?: number;
  /** Share of requests that fail since then. */
  failing?: number;
  perMinute?: number;
  target?: number;
  runbookId?: string;
}

/**
 * An endpoint where version 2 took over and fails, after a day in which version 1 did well: requests by the minute as gateways count them,
 * a log of predictions, an SLO as it is made, and its alert as the worker tells it.
 */
export async function setOnFire(ctx: Context, wish: Burning) {
  const { name, minutesAgo = 31, failing = 0.156, perMinute = 240, target = 0.995, runbookId } = wish;
  const { id: endpointId } = await createEndpoint(ctx, { name });
  const { id: good } = await newVersion(ctx, { model: name });
  const { id: bad } = await newVersion(ctx, { model: name, version: 2 });
  const now = Math.floor(Date.now() / minuteMs) * minuteMs;
  const rise = now - minutesAgo * minuteMs;
  await deployVersion(ctx, { endpointId, model: name, version: 1, reason: "First version." });
  await deployVersion(ctx, { endpointId, model: name, version: 2, reason: "New features." });
  await movedTo(ctx, good, rise - 9 * 24 * hourMs);
  await movedTo(ctx, bad, rise - 2 * minuteMs);
  const served = { endpointId, perMinute };
  await serve(ctx, { ...served, versionId: good, from: rise - 24 * hourMs, to: rise, failing: 0.001 });
  await serve(ctx, { ...served, versionId: bad, from: rise, to: now, failing });
  const definition = {
    displayName: `${name} answers`,
    target,
    period: { kind: "rolling" as const, days: 30 },
    indicator: { kind: "availability" as const, endpointId },
  };
  const slo = await createSlo(ctx, { name: `${name}-answers`, definition, ...(runbookId && { runbookId }) });
  await look(ctx, slo.id);
  return { endpointId, good, bad, sloId: slo.id, rise };
}

/** Counts what is due, evaluates the SLO, and tells what it alerts of. */
async function look(ctx: Context, sloId: string): Promise<void> {
  const now = Date.now();
  await countSeries(ctx.db, await dueSeries(ctx.db, now), now);
  await countHistory(ctx.db, now);
  await evaluateSlo(ctx, sloId, { memory: new SeriesMemory(), now, afterChange: notifyAfterChange });
  await flushDue(ctx.db, now + 31_000);
}

async function movedTo(ctx: Context, versionId: string, at: number): Promise<void> {
  await ctx.db
    .update(deployments)
    .set({ deployedAt: new Date(at) })
    .where(eq(deployments.versionId, versionId));
}

interface Served {
  endpointId: string;
  versionId: string;
  from: number;
  to: number;
  perMinute: number;
  failing: number;
}

/** Windows of a minute with a latency of some 40 ms, and a tenth of the requests in the log; four of five failures are from one caller. */
async function serve(ctx: Context, { endpointId, versionId, from, to, perMinute, failing }: Served): Promise<void> {
  const at = (ms: number) => sql`${new Date(ms).toISOString()}::timestamptz`;
  // Minutes differ by up to 8%, and any five in a row fail as often as asked: what is said of the last few is known to a digit.
  const wave = sql`(1 + 0.04 * ((extract(epoch from at)::bigint / 60 * 2) % 5 - 2))`;
  const failed = sql`floor(${perMinute}::float8 * ${failing}::float8 * ${wave} + random())::int`;
  await ctx.db.execute(sql`
    insert into serving_windows (workspace_id, endpoint_id, version_id, arm, provider, gateway_id, window_start, requests, rows, failures,
      latency_sum_ms, queue_sum_ms, compute_sum_ms, latency_buckets, indicators)
    select ${ctx.actor.workspaceId}, ${endpointId}, ${versionId}, 'stable', 'cpu', 'scene', at, ${perMinute}::int, ${perMinute}::int,
      case when failed > 0 then jsonb_build_object('500', failed) else '{}' end, ${perMinute}::int * 40, 0, ${perMinute}::int * 36,
      jsonb_build_object('185', ${perMinute}::int - failed), '{}'
    from (select at, ${failed} as failed from generate_series(${at(from)}, ${at(to - 1)}, interval '1 minute') as at) as minute`);
  const logged = Math.min(4000, Math.round(((to - from) / minuteMs) * perMinute * 0.1));
  await ctx.db.execute(sql`
    insert into predictions (id, workspace_id, endpoint_id, version_id, arm, at, request_id, status, error, provider, latency_ms, caller, logged_reason, inputs)
    select gen_random_uuid(), ${ctx.actor.workspaceId}, ${endpointId}, ${versionId}, 'stable',
      ${at(from)} + make_interval(secs => (random() * ${(to - from) / 1000})::float8), gen_random_uuid()::text,
      case when fails then 500 else 200 end, case when fails then 'The model failed.' end, 'cpu', 30 + 20 * random(),
      case when north then 'NordPay' else 'web' end, 'sampled',
      jsonb_build_array(jsonb_build_object('name', 'country', 'datatype', 'BYTES', 'shape', '[1]'::jsonb,
        'data', jsonb_build_array(case when north and random() < 0.8 then 'FI' else 'SE' end)))
    from (
      select fails, random() < case when fails and ${failing}::float8 > 0.01 then 0.97 else 0.18 end as north
      from (select random() < ${failing}::float8 as fails from generate_series(1, ${logged}::int)) as chosen
    ) as one`);
}
