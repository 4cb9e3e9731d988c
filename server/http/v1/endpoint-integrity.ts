import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { Instant } from "#server/base/instant.ts";
import { findEndpoint } from "#server/serve/endpoints/lookups.ts";
import { FeatureHistory, Integrity, IntegrityRange } from "#server/watch/monitoring/integrity/contract.ts";
import { getFeatureHistory } from "#server/watch/monitoring/integrity/history.ts";
import { getIntegrity } from "#server/watch/monitoring/integrity/queries.ts";
import { route } from "./route.ts";

const query = z.object({
  range: IntegrityRange.default("24h").describe("The range ends now."),
  from: Instant.optional().describe("With `to` instead of `range`; at most 30 days before it."),
  to: Instant.optional(),
  segment: z.string().max(300).default("").describe('For example "carrier=UA"; defaults to all rows.'),
});

/** Registers the routes that compare an endpoint's data with the training data of its model. */
export function endpointIntegrity(app: FastifyInstance): void {
  route(
    app,
    {
      method: "GET",
      path: "/endpoints/:endpoint/integrity",
      summary: "Check the data of an endpoint against its reference, contract and normal traffic, worst first",
      params: z.object({ endpoint: z.string() }),
      query,
      response: Integrity,
    },
    async ({ ctx, params, query }) => {
      const { id: endpointId } = await findEndpoint(ctx, params.endpoint);
      return getIntegrity(ctx, { endpointId, ...query });
    },
  );
  route(
    app,
    {
      method: "GET",
      path: "/endpoints/:endpoint/integrity/history",
      summary: "Get missing and out-of-reference values of a feature over time",
      params: z.object({ endpoint: z.string() }),
      query: query.extend({ feature: z.string().min(1).max(300) }),
      response: FeatureHistory,
    },
    async ({ ctx, params, query }) => {
      const { id: endpointId } = await findEndpoint(ctx, params.endpoint);
      return getFeatureHistory(ctx, { endpointId, ...query });
    },
  );
}
