import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { hourMs } from "#server/base/durations.ts";
import { Instant } from "#server/base/instant.ts";
import { findEndpoint } from "#server/serve/endpoints/lookups.ts";
import { Protection, ViolationReport } from "#server/serve/protection/contract.ts";
import { getProtection, getViolations } from "#server/serve/protection/protection-queries.ts";
import { setProtection } from "#server/serve/protection/set-protection.ts";
import { route } from "./route.ts";

const params = z.object({ endpoint: z.string() });
const path = "/endpoints/:endpoint";

/** Registers the routes for an endpoint's protection: limits per token, body size, and the input contract. */
export function endpointProtection(app: FastifyInstance): void {
  const show = { summary: "Get the limits and input contract of an endpoint", params, response: Protection };
  route(app, { method: "GET", path: `${path}/protection`, ...show }, async ({ ctx, params }) => {
    const { id: endpointId } = await findEndpoint(ctx, params.endpoint);
    return getProtection(ctx, { endpointId });
  });
  const set = { summary: "Replace the limits and input contract of an endpoint", body: Protection };
  route(
    app,
    { method: "PUT", path: `${path}/protection`, ...set, params, response: Protection },
    async ({ ctx, params, body }) => {
      const { id: endpointId } = await findEndpoint(ctx, params.endpoint);
      return setProtection(ctx, { endpointId, protection: body });
    },
  );
  const query = z.object({
    from: Instant.optional().describe("ISO 8601; defaults to one hour before the end."),
    to: Instant.optional().describe("ISO 8601; defaults to now."),
  });
  const count = { summary: "Count input contract violations by field", params, query };
  route(
    app,
    { method: "GET", path: `${path}/violations`, ...count, response: ViolationReport },
    async ({ ctx, params, query: { to = new Date(), from = new Date(to.getTime() - hourMs) } }) => {
      const { id: endpointId } = await findEndpoint(ctx, params.endpoint);
      return getViolations(ctx, { endpointId, from, to });
    },
  );
}
