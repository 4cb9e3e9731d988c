import { hourMs } from "#server/base/durations.ts";
import { getBatching } from "#server/respond/debug/batching-queries.ts";
import { getLatencyHeatMap } from "#server/respond/debug/heat-map-queries.ts";
import { compareSegments } from "#server/respond/debug/segment-queries.ts";
import { listWatchingRules } from "#server/respond/debug/watching-queries.ts";
import type { Calls } from "./call.ts";

const span = (endpointId: string) => ({ endpointId, from: new Date(Date.now() - hourMs), to: new Date() });

/** The debug board. */
export const debugCalls = {
  getLatencyHeatMap: (ctx, { endpointId }) => getLatencyHeatMap(ctx, span(endpointId)),
  getBatching: (ctx, { endpointId }) => getBatching(ctx, span(endpointId)),
  compareSegments: (ctx, { endpointId }) => compareSegments(ctx, { ...span(endpointId), a: "status = failed" }),
  listWatchingRules: (ctx, { endpointId }) => listWatchingRules(ctx, { endpointId }),
} as const satisfies Calls;
