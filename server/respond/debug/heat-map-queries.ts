import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findEndpointById } from "#server/serve/endpoints/lookups.ts";
import { grainOf } from "#server/serve/hours/traffic-source.ts";
import { sumTraffic, totalOf } from "#server/serve/series/window-sums.ts";
import { GetLatencyHeatMap, type LatencyHeatMap } from "./contract.ts";
import { bandsOf, countByBand, endsOf } from "./latency-bands.ts";
import { stepSecondsOf } from "./step-seconds.ts";

/**
 * Returns the latency distribution of requests, by step: from the gateways' counters, without sampling. Excludes shadow requests.
 * @throws DomainError "not-found" for the endpoint
 */
export async function getLatencyHeatMap(ctx: Context, input: GetLatencyHeatMap): Promise<LatencyHeatMap> {
  permit(ctx, "getLatencyHeatMap");
  const { endpointId, from, to, versionId } = GetLatencyHeatMap.parse(input);
  await findEndpointById(ctx, endpointId);
  const stepSeconds = stepSecondsOf(from, to);
  const only = sql`arm <> 'shadow' ${versionId ? sql`and version_id = ${versionId}` : sql``}`;
  const step = sql`to_jsonb((floor(extract(epoch from window_start) / ${stepSeconds}::int) * ${stepSeconds}::int)::bigint)`;
  const sums = await sumTraffic<number>(ctx, { endpointId, from, to, only }, grainOf(stepSeconds), step);
  const bands = bandsOf(sums.map(({ latencies }) => latencies));
  const { requests, latencyMsP50, latencyMsP95, latencyMsP99 } = totalOf(sums);
  return {
    stepSeconds,
    bands: Array.from({ length: bands.count }, (_, band) => endsOf(bands, band)),
    steps: sums.map(({ key, latencies }) => ({ at: new Date(key * 1000), counts: countByBand(latencies, bands) })),
    requests,
    latencyMsP50,
    latencyMsP95,
    latencyMsP99,
  };
}
