import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Context } from "#server/context.ts";
import { dayMs } from "#server/durations.ts";
import { type GetQuality, Maturity, QualityHistory, QualitySummary } from "#server/monitoring/quality/contract.ts";
import { QualityDetail, QualityParts } from "#server/monitoring/quality/detail/contract.ts";
import { FairnessWeeks, GetFairnessWeeks } from "#server/monitoring/quality/fairness/contract.ts";
import { getFairnessWeeks } from "#server/monitoring/quality/fairness/queries.ts";
import { QualityMetric } from "#server/monitoring/quality/metrics/contract.ts";
import {
  getLabelMaturity,
  getQuality,
  getQualityDetail,
  getQualityHistory,
  getQualityParts,
  listQuality,
} from "#server/monitoring/quality/queries.ts";
import { findEndpoint } from "#server/serving/lookups.ts";
import { route } from "./route.ts";

const params = z.object({ endpoint: z.string() });
const from = z.coerce.date().optional().describe("The last 30 days when it is left out.");
const to = z.coerce.date().optional().describe("Now when it is left out.");
const query = z.object({
  ...{ from, to, metric: QualityMetric.optional(), versionId: z.uuid().optional() },
  segment: z
    .string()
    .max(300)
    .default("")
    .describe('A tag and its value, such as "carrier=UA"; all rows when it is left out.'),
});
type Query = z.output<typeof query>;

/** How right endpoints are: by labels, and by estimates until labels come. */
export function endpointQuality(app: FastifyInstance): void {
  route(
    app,
    {
      method: "GET",
      path: "/quality",
      summary: "List how right every endpoint is, the worst first",
      query: z.object({ from, to }),
      response: z.object({ endpoints: z.array(QualitySummary) }),
    },
    ({ ctx, query }) => listQuality(ctx, spanOf(query)),
  );
  const path = "/endpoints/:endpoint/quality";
  route(
    app,
    { method: "GET", path, summary: "Show how right an endpoint is", params, query, response: QualitySummary },
    async ({ ctx, params, query }) => getQuality(ctx, await asked(ctx, params.endpoint, query)),
  );
  route(
    app,
    {
      ...{ method: "GET", path: `${path}/history`, params, query, response: QualityHistory },
      summary: "Show realised and estimated quality by hours or days, with which labels are complete",
    },
    async ({ ctx, params, query }) => getQualityHistory(ctx, await asked(ctx, params.endpoint, query)),
  );
  route(
    app,
    {
      ...{ method: "GET", path: `${path}/detail`, params, query, response: QualityDetail },
      summary: "Show all metrics, classes, confusion, calibration and cut-offs of an endpoint",
    },
    async ({ ctx, params, query }) => getQualityDetail(ctx, await asked(ctx, params.endpoint, query)),
  );
  route(
    app,
    {
      ...{ method: "GET", path: `${path}/parts`, params, query, response: QualityParts },
      summary: "Compare parts of the traffic of an endpoint, and groups that should be treated alike",
    },
    async ({ ctx, params, query }) => getQualityParts(ctx, await asked(ctx, params.endpoint, query)),
  );
  route(
    app,
    {
      ...{ method: "GET", path: `${path}/fairness`, params, response: FairnessWeeks },
      query: GetFairnessWeeks.omit({ endpointId: true }),
      summary: "Show how far groups that should be treated alike lay apart, week by week",
    },
    async ({ ctx, params, query }) => {
      const { id: endpointId } = await findEndpoint(ctx, params.endpoint);
      return getFairnessWeeks(ctx, { endpointId, ...query });
    },
  );
  route(
    app,
    {
      ...{ method: "GET", path: `${path}/maturity`, params, response: Maturity },
      summary: "Show how long labels of an endpoint take",
    },
    async ({ ctx, params }) => getLabelMaturity(ctx, (await findEndpoint(ctx, params.endpoint)).id),
  );
}

async function asked(ctx: Context, endpoint: string, { from, to, ...query }: Query): Promise<GetQuality> {
  const { id: endpointId } = await findEndpoint(ctx, endpoint);
  return { endpointId, ...spanOf({ from, to }), ...query };
}

function spanOf({ from, to = new Date() }: { from?: Date | undefined; to?: Date | undefined }) {
  return { from: from ?? new Date(to.getTime() - 30 * dayMs), to };
}
