import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { Instant } from "#server/base/instant.ts";
import { freezeEndpoint } from "#server/respond/freezes/freeze-endpoint.ts";
import { liftFreeze } from "#server/respond/freezes/lift-freeze.ts";
import { RollBackEndpoint, RolledBack } from "#server/respond/triage/actions/contract.ts";
import { rollBackEndpoint } from "#server/respond/triage/actions/roll-back-endpoint.ts";
import { maxRangeMinutes, minRangeMinutes } from "#server/respond/triage/constants.ts";
import { GetTriage, ListQueue, Queue, Triage } from "#server/respond/triage/contract.ts";
import { countUnacknowledgedPages, listQueue } from "#server/respond/triage/queue/queries.ts";
import { getTriage } from "#server/respond/triage/triage-queries.ts";
import { findEndpoint } from "#server/serve/endpoints/lookups.ts";
import { EndpointFreeze, FreezeEndpoint, LiftFreeze } from "#server/watch/slo/freezes/contract.ts";
import { getFreeze } from "#server/watch/slo/freezes/queries.ts";
import { route } from "./route.ts";

/** Registers the triage board: the queue, the details of one entry, and the actions on an endpoint. */
export function triage(app: FastifyInstance): void {
  const query = ListQueue.extend({ limit: z.coerce.number().int().min(1).max(500).default(100) });
  const list = { summary: "List open incidents and alert groups, worst first", query, response: Queue };
  route(app, { method: "GET", path: "/triage/queue", ...list }, ({ ctx, query }) => listQueue(ctx, query));
  const count = { summary: "Count unacknowledged pages", response: z.object({ pages: z.number().int() }) };
  route(app, { method: "GET", path: "/triage/unacknowledged-pages", ...count }, async ({ ctx }) => ({
    pages: await countUnacknowledgedPages(ctx),
  }));
  const one = {
    summary: "Get triage details of an alert group or incident: cause, burn, segments and available actions",
    query: z.object({
      group: z.uuid().optional().describe("Alert group ID, unless an incident is given."),
      incident: z.coerce.number().int().positive().optional().describe("Incident number."),
      minutes: z.coerce.number().int().min(minRangeMinutes).max(maxRangeMinutes).default(120),
      until: Instant.optional().describe("ISO 8601; defaults to now."),
      since: z.literal("deploy").optional().describe("Begins at the last deployment of the endpoint instead."),
    }),
    response: Triage,
  };
  route(app, { method: "GET", path: "/triage", ...one }, ({ ctx, query: { group, ...query } }) =>
    getTriage(ctx, GetTriage.parse({ groupId: group, ...query })),
  );
  freezes(app);
}

function freezes(app: FastifyInstance): void {
  const params = z.object({ endpoint: z.string() });
  const idOf = async (ctx: Parameters<typeof findEndpoint>[0], name: string) => (await findEndpoint(ctx, name)).id;
  const read = {
    summary: "Get what currently blocks changes to an endpoint",
    params,
    response: z.object({ freeze: EndpointFreeze.nullable() }),
  };
  route(
    app,
    { method: "GET", path: "/endpoints/:endpoint/freeze", ...read },
    async ({ ctx, params: { endpoint } }) => ({
      freeze: await getFreeze(ctx, { endpointId: await idOf(ctx, endpoint) }),
    }),
  );
  const body = FreezeEndpoint.omit({ endpointId: true }).extend({ until: Instant });
  const freeze = {
    summary: "Freeze changes to an endpoint until a given time",
    params,
    body,
    response: EndpointFreeze,
  };
  route(
    app,
    { method: "POST", path: "/endpoints/:endpoint/freeze", ...freeze, status: 201 },
    async ({ ctx, params, body }) => freezeEndpoint(ctx, { endpointId: await idOf(ctx, params.endpoint), ...body }),
  );
  const lift = { summary: "Lift the freeze on an endpoint", params, query: LiftFreeze.omit({ endpointId: true }) };
  route(app, { method: "DELETE", path: "/endpoints/:endpoint/freeze", ...lift }, async ({ ctx, params, query }) =>
    liftFreeze(ctx, { endpointId: await idOf(ctx, params.endpoint), ...query }),
  );
  const back = {
    summary: "Roll back an endpoint: ends its rollout, or deploys an earlier version",
    params,
    body: RollBackEndpoint.omit({ endpointId: true }),
    response: RolledBack,
  };
  route(app, { method: "POST", path: "/endpoints/:endpoint/rollback", ...back }, async ({ ctx, params, body }) =>
    rollBackEndpoint(ctx, { endpointId: await idOf(ctx, params.endpoint), ...body }),
  );
}
