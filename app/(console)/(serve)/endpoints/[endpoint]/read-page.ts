import { orUndefined } from "#app/_lib/or-undefined.ts";
import { spanOf, type TimeRange } from "#components/serve/endpoints/time-range.ts";
import { exampleRequest } from "#components/serve/playground/example-request.ts";
import type { Context } from "#server/base/context.ts";
import { listVersionBlocks } from "#server/release/endpoints/blocks/queries.ts";
import { listRolloutMarkers } from "#server/release/rollouts/markers/queries.ts";
import { listRollouts } from "#server/release/rollouts/queries.ts";
import type { EndpointDetails } from "#server/serve/endpoints/contract.ts";
import { findNearestTraffic } from "#server/serve/series/find-nearest-traffic.ts";
import { getEndpointSeries } from "#server/serve/series/queries.ts";
import { signaturesOf } from "./signatures-of.ts";

/** Reads the traffic of an endpoint and what changes it. A part that fails is undefined or empty, so that one panel fails and not the page. */
export async function readTraffic(ctx: Context, { id: endpointId }: EndpointDetails, range: TimeRange) {
  const { stepSeconds } = range;
  const span = spanOf(range, Date.now());
  const query = { endpointId, ...span };
  const active = await orUndefined("rollouts", () => listRollouts(ctx, { endpointId, active: true }));
  const traffic = await orUndefined("traffic", () => getEndpointSeries(ctx, { ...query, stepSeconds }));
  return {
    span,
    traffic,
    nearest:
      traffic?.steps.length === 0 ? await orUndefined("nearest", () => findNearestTraffic(ctx, query)) : undefined,
    rollout: active?.rollouts[0],
    markers: (await orUndefined("markers", () => listRolloutMarkers(ctx, query))) ?? [],
    blocks: (await orUndefined("blocks", () => listVersionBlocks(ctx, { endpointId }))) ?? [],
  };
}

/** Returns a request that the version of an endpoint accepts; undefined where nothing is deployed or its inputs are not known. */
export async function readExample(ctx: Context, { current }: EndpointDetails) {
  const signature = current && (await signaturesOf(ctx, [current]))[current.versionId];
  return signature ? exampleRequest(signature) : undefined;
}
