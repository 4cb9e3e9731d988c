import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { findEndpoint } from "#server/serve/endpoints/lookups.ts";
import {
  DriftHistory,
  DriftReport,
  DriftRow,
  FeatureDetail,
  GetDrift,
  GetDriftHistory,
} from "#server/watch/monitoring/drift/report/contract.ts";
import { getDrift } from "#server/watch/monitoring/drift/report/get-drift.ts";
import { getDriftHistory } from "#server/watch/monitoring/drift/report/get-drift-history.ts";
import { getFeatureDrift } from "#server/watch/monitoring/drift/report/get-feature-drift.ts";
import { listDrift } from "#server/watch/monitoring/drift/report/list-drift.ts";
import { route } from "./route.ts";

const params = z.object({ endpoint: z.string() });
const path = "/endpoints/:endpoint/drift";

/** Registers the routes that compare the inputs and predictions of endpoints with the references of their versions. */
export function endpointDrift(app: FastifyInstance): void {
  const all = {
    summary: "List endpoints by drift, worst first",
    response: z.object({ endpoints: z.array(DriftRow) }),
  };
  route(app, { method: "GET", path: "/drift", ...all }, async ({ ctx }) => ({ endpoints: await listDrift(ctx) }));
  const query = GetDrift.omit({ endpointId: true });
  const show = { summary: "Get the drift of an endpoint for a time range", params, query, response: DriftReport };
  route(app, { method: "GET", path, ...show }, async ({ ctx, params, query }) => {
    const { id: endpointId } = await findEndpoint(ctx, params.endpoint);
    return getDrift(ctx, { endpointId, ...query });
  });
  const one = {
    summary: "Get the distribution of a feature compared with the reference",
    params: params.extend({ feature: z.string() }),
    query,
    response: FeatureDetail,
  };
  route(app, { method: "GET", path: `${path}/features/:feature`, ...one }, async ({ ctx, params, query }) => {
    const { id: endpointId } = await findEndpoint(ctx, params.endpoint);
    return getFeatureDrift(ctx, { endpointId, feature: params.feature, ...query });
  });
  const past = {
    summary: "List evaluated windows with the drift of a feature",
    params,
    query: GetDriftHistory.omit({ endpointId: true }),
    response: DriftHistory,
  };
  route(app, { method: "GET", path: `${path}/history`, ...past }, async ({ ctx, params, query }) => {
    const { id: endpointId } = await findEndpoint(ctx, params.endpoint);
    return getDriftHistory(ctx, { endpointId, ...query });
  });
}
