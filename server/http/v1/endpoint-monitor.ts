import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { findEndpoint } from "#server/serve/endpoints/lookups.ts";
import { ExpectedDrift, MarkExpected, RevokeExpected } from "#server/watch/monitoring/expected/contract.ts";
import { markExpected } from "#server/watch/monitoring/expected/mark-expected.ts";
import { listExpected } from "#server/watch/monitoring/expected/queries.ts";
import { revokeExpected } from "#server/watch/monitoring/expected/revoke-expected.ts";
import { Monitor, SetMonitor } from "#server/watch/monitoring/settings/contract.ts";
import { getMonitor } from "#server/watch/monitoring/settings/queries.ts";
import { setMonitor } from "#server/watch/monitoring/settings/set-monitor.ts";
import { route } from "./route.ts";

const params = z.object({ endpoint: z.string() });
const path = "/endpoints/:endpoint/monitor";
const marks = "/endpoints/:endpoint/expected-drifts";

/** Registers the routes for an endpoint's monitoring settings and the expected changes of its features. */
export function endpointMonitor(app: FastifyInstance): void {
  const show = { summary: "Get the monitoring settings of an endpoint", params, response: Monitor };
  route(app, { method: "GET", path, ...show }, async ({ ctx, params }) => {
    const { id: endpointId } = await findEndpoint(ctx, params.endpoint);
    return getMonitor(ctx, { endpointId });
  });
  const body = SetMonitor.omit({ endpointId: true });
  const set = { summary: "Replace the monitoring settings of an endpoint", params, body, response: Monitor };
  route(app, { method: "PUT", path, ...set }, async ({ ctx, params, body }) => {
    const { id: endpointId } = await findEndpoint(ctx, params.endpoint);
    return setMonitor(ctx, { endpointId, ...body });
  });
  expected(app);
}

function expected(app: FastifyInstance): void {
  const response = z.object({ marks: z.array(ExpectedDrift) });
  const list = { summary: "List expected drift, newest first", params, response };
  route(app, { method: "GET", path: marks, ...list }, async ({ ctx, params }) => {
    const { id: endpointId } = await findEndpoint(ctx, params.endpoint);
    return { marks: await listExpected(ctx, { endpointId }) };
  });
  const mark = {
    summary: "Mark drift of a feature as expected, so that it opens no findings",
    params,
    body: MarkExpected.omit({ endpointId: true }),
    response: ExpectedDrift,
    status: 201 as const,
  };
  route(app, { method: "POST", path: marks, ...mark }, async ({ ctx, params, body }) => {
    const { id: endpointId } = await findEndpoint(ctx, params.endpoint);
    return markExpected(ctx, { endpointId, ...body });
  });
  const revoke = {
    summary: "Revoke expected drift of a feature",
    params: params.extend({ mark: z.uuid() }),
    body: RevokeExpected.pick({ reason: true }),
  };
  route(app, { method: "POST", path: `${marks}/:mark/revocation`, ...revoke }, async ({ ctx, params, body }) => {
    const { id: endpointId } = await findEndpoint(ctx, params.endpoint);
    await revokeExpected(ctx, { endpointId, markId: params.mark, ...body });
  });
}
