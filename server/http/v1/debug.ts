import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { Instant } from "#server/base/instant.ts";
import { getBatching } from "#server/respond/debug/batching-queries.ts";
import { Batching, LatencyHeatMap, SegmentComparison, WatchingRule } from "#server/respond/debug/contract.ts";
import { getLatencyHeatMap } from "#server/respond/debug/heat-map-queries.ts";
import { compareSegments } from "#server/respond/debug/segment-queries.ts";
import { listWatchingRules } from "#server/respond/debug/watching-queries.ts";
import { findEndpoint } from "#server/serve/endpoints/lookups.ts";
import { route } from "./route.ts";

const params = z.object({ endpoint: z.string() });
const span = z.object({ from: Instant, to: Instant });
const path = "/endpoints/:endpoint/debug";

/** Registers the routes for the data of an endpoint's debug board, over any time range. */
export function debug(app: FastifyInstance): void {
  const idOf = async (ctx: Context, name: string) => (await findEndpoint(ctx, name)).id;
  const latency = {
    summary: "Get request counts by time and latency (heat map)",
    params,
    query: span.extend({ versionId: z.uuid().optional() }),
    response: LatencyHeatMap,
  };
  route(app, { method: "GET", path: `${path}/latency`, ...latency }, async ({ ctx, params, query }) =>
    getLatencyHeatMap(ctx, { endpointId: await idOf(ctx, params.endpoint), ...query }),
  );
  const batching = { summary: "Get batch sizes and latency breakdown", params, query: span };
  route(
    app,
    { method: "GET", path: `${path}/batching`, ...batching, response: Batching },
    async ({ ctx, params, query }) => getBatching(ctx, { endpointId: await idOf(ctx, params.endpoint), ...query }),
  );
  const part = z
    .string()
    .max(2000)
    .default("")
    .describe("In the prediction log filter language; empty selects everything.");
  const segments = { summary: "Compare two traffic segments", params, query: span.extend({ a: part, b: part }) };
  route(
    app,
    { method: "GET", path: `${path}/segments`, ...segments, response: SegmentComparison },
    async ({ ctx, params, query }) => compareSegments(ctx, { endpointId: await idOf(ctx, params.endpoint), ...query }),
  );
  const rules = { summary: "Explain for every rule of an endpoint why it does or does not fire", params };
  route(
    app,
    { method: "GET", path: `${path}/rules`, ...rules, response: z.object({ rules: z.array(WatchingRule) }) },
    async ({ ctx, params }) => listWatchingRules(ctx, { endpointId: await idOf(ctx, params.endpoint) }),
  );
}
