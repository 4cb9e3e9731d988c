import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { getCache } from "#server/serve/cache/cache-queries.ts";
import { CacheSettings } from "#server/serve/cache/contract.ts";
import { setCache } from "#server/serve/cache/set-cache.ts";
import { findEndpoint } from "#server/serve/endpoints/lookups.ts";
import { route } from "./route.ts";

const params = z.object({ endpoint: z.string() });
const path = "/endpoints/:endpoint/cache";

/** Registers the routes for an endpoint's cache settings and request coalescing. */
export function endpointCache(app: FastifyInstance): void {
  const show = { summary: "Get the cache settings of an endpoint", params, response: CacheSettings };
  route(app, { method: "GET", path, ...show }, async ({ ctx, params }) => {
    const { id: endpointId } = await findEndpoint(ctx, params.endpoint);
    return getCache(ctx, { endpointId });
  });
  const set = { summary: "Replace the cache settings of an endpoint", params, body: CacheSettings };
  route(app, { method: "PUT", path, ...set, response: CacheSettings }, async ({ ctx, params, body }) => {
    const { id: endpointId } = await findEndpoint(ctx, params.endpoint);
    return setCache(ctx, { endpointId, cache: body });
  });
}
