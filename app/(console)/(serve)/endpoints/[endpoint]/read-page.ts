import { spanOf, type TimeRange } from "#components/serve/endpoints/time-range.ts";
import { exampleRequest } from "#components/serve/playground/example-request.ts";
import type { Context } from "#server/base/context.ts";
import { log } from "#server/base/log.ts";
import { listLinkedViews } from "#server/develop/lineage/queries.ts";
import { listVersionBlocks } from "#server/release/endpoints/blocks/queries.ts";
import { listRolloutMarkers } from "#server/release/rollouts/markers/queries.ts";
import { listRollouts } from "#server/release/rollouts/queries.ts";
import { adviseCapacity, seenLoad } from "#server/serve/capacity/advise.ts";
import { getCascadeReport } from "#server/serve/cascade/report-queries.ts";
import type { EndpointDetails } from "#server/serve/endpoints/contract.ts";
import { listPredictions } from "#server/serve/predictions/queries.ts";
import { getProtection, getViolations } from "#server/serve/protection/protection-queries.ts";
import { getEndpointSeries } from "#server/serve/series/queries.ts";
import { signaturesOf } from "./signatures-of.ts";

const predictionRows = 12;

/** Reads the data of an endpoint's page besides the endpoint. A part that fails is undefined, so that one panel fails and not the page. */
export async function readEndpointPage(ctx: Context, endpoint: EndpointDetails, range: TimeRange) {
  const { id: endpointId, history, current } = endpoint;
  const { stepSeconds } = range;
  const span = spanOf(range, Date.now());
  const traffic = await orUndefined(getEndpointSeries(ctx, { endpointId, ...span, stepSeconds }));
  const logged = await orUndefined(listPredictions(ctx, { endpointId, limit: predictionRows }));
  const cascade = await orUndefined(getCascadeReport(ctx, { endpointId, from: span.from, to: span.to }));
  // The later steps of a cascade serve requests too, and need not have been deployed here.
  const signatures = await signaturesOf(ctx, [...(cascade?.steps ?? []), ...history]);
  const served = current ? signatures[current.versionId] : undefined;
  const protection = await getProtection(ctx, { endpointId });
  const violations = await orUndefined(getViolations(ctx, { endpointId, ...span }));
  const load = traffic && seenLoad(traffic, endpoint);
  const active = await orUndefined(listRollouts(ctx, { endpointId, active: true }));
  const markers = await orUndefined(listRolloutMarkers(ctx, { endpointId, ...span }));
  return {
    traffic,
    capacity: load && adviseCapacity(load),
    protection,
    violations,
    cascade,
    predictions: logged?.predictions,
    signatures,
    rollout: active?.rollouts[0],
    views: (await orUndefined(listLinkedViews(ctx, { kind: "endpoint", id: endpointId }))) ?? [],
    markers: markers ?? [],
    blocks: (await orUndefined(listVersionBlocks(ctx, { endpointId }))) ?? [],
    example: served && exampleRequest(served),
  };
}

async function orUndefined<Result>(work: Promise<Result>): Promise<Result | undefined> {
  try {
    return await work;
  } catch (cause) {
    log.error("page.part-failed", { cause });
    return undefined;
  }
}
