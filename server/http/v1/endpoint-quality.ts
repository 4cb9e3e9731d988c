import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { Instant } from "#server/base/instant.ts";
import { findEndpoint } from "#server/serve/endpoints/lookups.ts";
import {
  type GetQuality,
  Maturity,
  QualityHistory,
  QualitySummary,
} from "#server/watch/monitoring/quality/contract.ts";
import { QualityDetail, QualityParts } from "#server/watch/monitoring/quality/detail/contract.ts";
import { FairnessWeeks, GetFairnessWeeks } from "#server/watch/monitoring/quality/fairness/contract.ts";
import { getFairnessWeeks } from "#server/watch/monitoring/quality/fairness/queries.ts";
import { QualityMetric } from "#server/watch/monitoring/quality/metrics/contract.ts";
import {
  getLabelMaturity,
  getQuality,
  getQualityDetail,
  getQualityHistory,
  getQualityParts,
  listQuality,
} from "#server/watch/monitoring/quality/queries.ts";
import { route } from "./route.ts";

const params = z.object({ endpoint: z.string() });
const from = Instant.optional().describe("Defaults to the last 30 days.");
const to = Instant.optional().describe("Defaults to now.");
const query = z.object({
  from,
  to,
  metric: QualityMetric.optional(),
  versionId: z.uuid().optional(),
  segment: z
    .string()
    .max(300)
    .default("")
    .describe('A tag and its value, for example "carrier=UA"; defaults to all rows.'),
});
type Query = z.output<typeof query>;

/** Registers the routes for endpoint quality: by labels, and by estimates until labels arrive. */
export function endpointQuality(app: FastifyInstance): void {
  route(
    app,
    {
      method: "GET",
      path: "/quality",
      summary: "List the quality of all endpoints, worst first",
      query: z.object({ from, to }),
      response: z.object({ endpoints: z.array(QualitySummary) }),
    },
    ({ ctx, query }) => listQuality(ctx, spanOf(query)),
  );
  const path = "/endpoints/:endpoint/quality";
  route(
    app,
    { method: "GET", path, summary: "Get the quality of an endpoint", params, query, response: QualitySummary },
    async ({ ctx, params, query }) => getQuality(ctx, await parseQuery(ctx, params.endpoint, query)),
  );
  route(
    app,
    {
      method: "GET",
      path: `${path}/history`,
      params,
      query,
      response: QualityHistory,
      summary: "Get realised and estimated quality by hour or day, with label completeness",
    },
    async ({ ctx, params, query }) => getQualityHistory(ctx, await parseQuery(ctx, params.endpoint, query)),
  );
  route(
    app,
    {
      method: "GET",
      path: `${path}/detail`,
      params,
      query,
      response: QualityDetail,
      summary: "Get all quality metrics, classes, confusion matrix, calibration and thresholds of an endpoint",
    },
    async ({ ctx, params, query }) => getQualityDetail(ctx, await parseQuery(ctx, params.endpoint, query)),
  );
  route(
    app,
    {
      method: "GET",
      path: `${path}/segments`,
      params,
      query,
      response: QualityParts,
      summary: "Compare segments and protected groups of an endpoint",
    },
    async ({ ctx, params, query }) => getQualityParts(ctx, await parseQuery(ctx, params.endpoint, query)),
  );
  route(
    app,
    {
      method: "GET",
      path: `${path}/fairness`,
      params,
      response: FairnessWeeks,
      query: GetFairnessWeeks.omit({ endpointId: true }),
      summary: "Get the weekly fairness gap between protected groups",
    },
    async ({ ctx, params, query }) => {
      const { id: endpointId } = await findEndpoint(ctx, params.endpoint);
      return getFairnessWeeks(ctx, { endpointId, ...query });
    },
  );
  route(
    app,
    {
      method: "GET",
      path: `${path}/maturity`,
      params,
      response: Maturity,
      summary: "Get the label delay of an endpoint",
    },
    async ({ ctx, params }) => getLabelMaturity(ctx, (await findEndpoint(ctx, params.endpoint)).id),
  );
}

async function parseQuery(ctx: Context, endpoint: string, { from, to, ...query }: Query): Promise<GetQuality> {
  const { id: endpointId } = await findEndpoint(ctx, endpoint);
  return { endpointId, ...spanOf({ from, to }), ...query };
}

function spanOf({ from, to = new Date() }: { from?: Date | undefined; to?: Date | undefined }) {
  return { from: from ?? new Date(to.getTime() - 30 * dayMs), to };
}
