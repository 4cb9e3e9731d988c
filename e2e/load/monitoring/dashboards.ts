import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { notifyAfterChange } from "#server/respond/paging/notify-after-change.ts";
import { mlpModel } from "#server/testing/fixtures/registry/onnx/fixture-models.ts";
import { watchEndpoint } from "#server/watch/monitoring/drift/drift-watcher.ts";
import { OrdinaryHistory } from "#server/watch/monitoring/drift/windows/ordinary-history.ts";
import { recountEndpoint } from "#server/watch/monitoring/quality/counts/recount-endpoint.ts";
import { findMonitor } from "#server/watch/monitoring/settings/queries.ts";
import { openGatewayFixture } from "../gateway-fixture.ts";
import { quantile } from "../raw-clients.ts";
import { atMost, type Row } from "../report.ts";
import { monitoringQuestions, type Questions, trafficQuestions, workspaceQuestions } from "./dashboard-questions.ts";
import { flightModel } from "./flight-rows.ts";
import { loadHistory } from "./history.ts";
import { manyEndpoints } from "./many-endpoints.ts";
import { promiseAll } from "./promises.ts";

const maxMs = 300;
const rounds = 25;
const name = "flight-delay";

/**
 * Measures a month of ten million predictions: the server time of the requests of each monitoring page, as the p95 of 25 runs with the
 * caches of a running server, and the size of the database.
 */
export async function dashboards(predictions: number): Promise<Row[]> {
  const fixture = await openGatewayFixture();
  try {
    const { ctx } = fixture;
    const { width, signature, pipeline } = flightModel();
    await fixture.deploy({ name, model: mlpModel([width, 8, 2]), signature, pipeline });
    const now = Date.now();
    const startedAt = performance.now();
    const seconds = () => ((performance.now() - startedAt) / 1000).toFixed(0);
    const loaded = await loadHistory(ctx, { name, days: 30, predictions, now, loggedShare: 0.005 });
    console.log(`loaded in ${seconds()} s`);
    await watch(ctx, loaded.endpointId, now);
    const promised = await promiseAll(ctx, { id: loaded.endpointId, name }, now);
    console.log(`watched and promised in ${seconds()} s`);
    const rows = await measureAll({
      ...monitoringQuestions(ctx, loaded, now),
      ...trafficQuestions(ctx, loaded, now),
      ...workspaceQuestions(ctx, promised, now),
    });
    const ofDatabase = await sizes(ctx, predictions);
    return [...rows, ...(await manyEndpoints(ctx, loaded.endpointId, now)), ...ofDatabase];
  } finally {
    await fixture.close();
  }
}

/** Evaluates the monitoring as the worker would have done. */
async function watch(ctx: Context, endpointId: string, now: number): Promise<void> {
  const { settings } = await findMonitor(ctx, endpointId);
  await recountEndpoint(ctx, { endpointId, now });
  await watchEndpoint(ctx, {
    endpointId,
    settings,
    history: new OrdinaryHistory(),
    afterChange: notifyAfterChange,
    now,
  });
}

async function measureAll(requested: Questions): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [name, request] of Object.entries(requested)) {
    // Compiled, and its pages read.
    for (let round = 0; round < 2; round += 1) await request();
    const times: number[] = [];
    // One that takes seconds has missed its goal without further proof.
    for (let round = 0; round < rounds && (times[4] ?? 0) < 1000; round += 1) {
      const startedAt = performance.now();
      await request();
      times.push(performance.now() - startedAt);
    }
    rows.push(atMost(maxMs, { name: `${name}, p95`, unit: "ms", leeway: quantile(times, 0.95) }));
  }
  return rows;
}

async function sizes(ctx: Context, predictions: number): Promise<Row[]> {
  const { rows } = await ctx.db.execute<{ name: string; bytes: string }>(sql`
    select relname as name, pg_total_relation_size(oid) as bytes from pg_class
    where relkind = 'r' and relnamespace = 'public'::regnamespace and pg_total_relation_size(oid) > 1e6 order by 2 desc`);
  for (const row of rows) console.log(`${row.name} ${(Number(row.bytes) / 2 ** 20).toFixed(1)} MiB`);
  const million = predictions / 1e6;
  const bytesOf = (test: (name: string) => boolean) =>
    rows.filter((row) => test(row.name)).reduce((sum, row) => sum + Number(row.bytes), 0) / 2 ** 20 / million;
  const shown = (name: string, leeway: number) => ({
    ...atMost(Number.POSITIVE_INFINITY, { name, unit: "MiB", leeway }),
    goal: "shown",
  });
  return [
    shown(
      "states per million predictions",
      bytesOf((name) => name === "feature_states"),
    ),
    shown(
      "database per million predictions",
      bytesOf(() => true),
    ),
  ];
}
