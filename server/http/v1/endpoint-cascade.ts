import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { hourMs } from "#server/base/durations.ts";
import { Instant } from "#server/base/instant.ts";
import { setCascade } from "#server/release/endpoints/cascade/set-cascade.ts";
import { getCascade } from "#server/serve/cascade/cascade-queries.ts";
import { Cascade, CascadeReport } from "#server/serve/cascade/contract.ts";
import { getCascadeReport } from "#server/serve/cascade/report-queries.ts";
import { findEndpoint } from "#server/serve/endpoints/lookups.ts";
import { route } from "./route.ts";

const params = z.object({ endpoint: z.string() });
const path = "/endpoints/:endpoint";

/** Registers the routes for an endpoint's cascade: the versions in order, when they escalate, and the savings. */
export function endpointCascade(app: FastifyInstance): void {
  const show = { summary: "Get the cascade of an endpoint", params, response: Cascade };
  route(app, { method: "GET", path: `${path}/cascade`, ...show }, async ({ ctx, params }) => {
    const { id: endpointId } = await findEndpoint(ctx, params.endpoint);
    return getCascade(ctx, { endpointId });
  });
  const set = {
    summary: "Replace the cascade of an endpoint; an empty list of steps removes it",
    params,
    body: Cascade,
  };
  route(app, { method: "PUT", path: `${path}/cascade`, ...set, response: Cascade }, async ({ ctx, params, body }) => {
    const { id: endpointId } = await findEndpoint(ctx, params.endpoint);
    return setCascade(ctx, { endpointId, cascade: body });
  });
  const query = z.object({
    from: Instant.optional().describe("ISO 8601; defaults to one hour before the end."),
    to: Instant.optional().describe("ISO 8601; defaults to now."),
  });
  const report = { summary: "Get escalations, savings and losses of a cascade; null without a cascade", params, query };
  route(
    app,
    {
      method: "GET",
      path: `${path}/cascade-report`,
      ...report,
      response: z.object({ report: CascadeReport.nullable() }),
    },
    async ({ ctx, params, query: { to = new Date(), from = new Date(to.getTime() - hourMs) } }) => {
      const { id: endpointId } = await findEndpoint(ctx, params.endpoint);
      return { report: (await getCascadeReport(ctx, { endpointId, from, to })) ?? null };
    },
  );
}
