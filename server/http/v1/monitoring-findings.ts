import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { Instant } from "#server/base/instant.ts";
import { findEndpoint } from "#server/serve/endpoints/lookups.ts";
import { Watcher } from "#server/watch/monitoring/contract.ts";
import { Findings } from "#server/watch/monitoring/findings/contract.ts";
import { listFindings } from "#server/watch/monitoring/findings/queries.ts";
import { route } from "./route.ts";

const query = z.object({
  watcher: Watcher.optional().describe("Only findings of this monitor."),
  feature: z.string().max(300).optional(),
  state: z.enum(["open", "all"]).default("open").describe("'all' includes resolved findings."),
  from: Instant.optional().describe("ISO 8601; findings open at or after this time."),
  to: Instant.optional().describe("ISO 8601; findings opened before this time."),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
});

/** Registers the routes for the findings of monitors at endpoints: drift, data quality, quality. */
export function monitoringFindings(app: FastifyInstance): void {
  const all = { summary: "List monitoring findings of all endpoints, newest first", query, response: Findings };
  route(app, { method: "GET", path: "/monitoring/findings", ...all }, async ({ ctx, query: { watcher, ...rest } }) => ({
    findings: await listFindings(ctx, { ...rest, watchers: watcher ? [watcher] : [] }),
  }));
  const one = {
    summary: "List monitoring findings of an endpoint, newest first",
    params: z.object({ endpoint: z.string() }),
    query,
    response: Findings,
  };
  route(
    app,
    { method: "GET", path: "/endpoints/:endpoint/findings", ...one },
    async ({ ctx, params, query: { watcher, ...rest } }) => {
      const { id: endpointId } = await findEndpoint(ctx, params.endpoint);
      return { findings: await listFindings(ctx, { ...rest, endpointId, watchers: watcher ? [watcher] : [] }) };
    },
  );
}
