import { openDatabase } from "#db/client.ts";
import { systemContext } from "#server/base/context.ts";
import { packMetrics } from "#server/develop/tracking/metrics/pack-metrics.ts";
import { shrinkMetrics } from "#server/develop/tracking/metrics/shrink-metrics.ts";
import { type Stack, startStack } from "../../suite/stack.ts";
import { roleProcess } from "../chaos/faults.ts";
import { openClient } from "./client.ts";
import { request, residentMb, startPostgres, type TrackingServer } from "./server.ts";

export interface LeewayServer extends TrackingServer {
  stack: Stack;
  databaseUrl: string;
}

/** Starts Leeway as its users do, with all roles, on its own Postgres. */
export async function startLeeway(): Promise<LeewayServer> {
  const postgres = await startPostgres();
  const stack = await startStack({ DATABASE_URL: postgres.url }).catch(async (error: unknown) => {
    await postgres.stop();
    throw error;
  });
  const client = openClient(stack.url, { authorization: `Bearer ${stack.environment.LEEWAY_TOKEN}` });
  return {
    name: "leeway",
    stack,
    databaseUrl: postgres.url,
    client,
    curvePath: (runId, key) => `/api/v1/runs/${runId}/metrics?keys=${key}&maxPoints=1000`,
    memoryMb: async () => residentMb([await roleProcess(stack.process.pid ?? 0, "web")]),
    bytesPerPoint: () => bytesPerPoint(postgres.url),
    stop: async () => {
      client.close();
      await stack[Symbol.asyncDispose]();
      await postgres.stop();
    },
  };
}

/** Measures the bytes per point after the compaction that the worker applies to runs without writes for a minute. */
async function bytesPerPoint(url: string): Promise<number> {
  const { db, close } = openDatabase(url, { max: 1, name: "leeway-load" });
  const ctx = systemContext(db, "", "load");
  await packMetrics(ctx, Date.now() + 120_000);
  await shrinkMetrics(ctx);
  await close();
  return request(
    url,
    `select (pg_total_relation_size('metric_points') + pg_total_relation_size('metric_chunks'))::float8
      / ((select count(*) from metric_points) + (select sum(points) from metric_chunks)) as answer`,
  );
}
