import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { findEndpoint } from "#server/serve/endpoints/lookups.ts";
import { cancelLoadTest } from "#server/serve/load-test/cancel-load-test.ts";
import { LoadTest, StartLoadTest } from "#server/serve/load-test/contract.ts";
import { getLoadTest, listLoadTests } from "#server/serve/load-test/queries.ts";
import { startLoadTest } from "#server/serve/load-test/start-load-test.ts";
import { route } from "./route.ts";

const path = "/endpoints/:endpoint/load-tests";

/** Registers load tests of versions through an endpoint. */
export function loadTests(app: FastifyInstance): void {
  const params = z.object({ endpoint: z.string() });
  const query = z.object({ limit: z.coerce.number().int().min(1).max(100).default(20) });
  const response = z.object({ loadTests: z.array(LoadTest) });
  const list = { summary: "List the load tests of an endpoint, newest first", params, query, response };
  route(app, { method: "GET", path, ...list }, async ({ ctx, params, query }) => {
    const { id: endpointId } = await findEndpoint(ctx, params.endpoint);
    return { loadTests: await listLoadTests(ctx, { endpointId, ...query }) };
  });
  const start = {
    summary: "Start a load test of a version, deployed or not",
    params,
    body: StartLoadTest.omit({ endpointId: true }),
    response: LoadTest,
    status: 201 as const,
  };
  route(app, { method: "POST", path, ...start }, async ({ ctx, params, body }) => {
    const { id: endpointId } = await findEndpoint(ctx, params.endpoint);
    return startLoadTest(ctx, { endpointId, ...body });
  });
  const one = { params: z.object({ endpoint: z.string(), loadTest: z.uuid() }), response: LoadTest };
  const show = { summary: "Get a load test with its results so far", ...one };
  route(app, { method: "GET", path: `${path}/:loadTest`, ...show }, async ({ ctx, params }) => {
    const { id: endpointId } = await findEndpoint(ctx, params.endpoint);
    return getLoadTest(ctx, { endpointId, id: params.loadTest });
  });
  const cancel = { summary: "Cancel a load test; measurements are kept", ...one };
  route(app, { method: "POST", path: `${path}/:loadTest/cancellation`, ...cancel }, async ({ ctx, params }) => {
    const { id: endpointId } = await findEndpoint(ctx, params.endpoint);
    return cancelLoadTest(ctx, { endpointId, id: params.loadTest });
  });
}
