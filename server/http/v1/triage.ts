import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { findEndpoint } from "#server/serving/lookups.ts";
import { EndpointFreeze, FreezeEndpoint, LiftFreeze } from "#server/slo/freezes/contract.ts";
import { freezeEndpoint } from "#server/slo/freezes/freeze-endpoint.ts";
import { liftFreeze } from "#server/slo/freezes/lift-freeze.ts";
import { getFreeze } from "#server/slo/freezes/queries.ts";
import { RollBackEndpoint, RolledBack } from "#server/triage/acting/contract.ts";
import { rollBackEndpoint } from "#server/triage/acting/roll-back-endpoint.ts";
import { GetTriage, ListQueue, Queue, Triage } from "#server/triage/contract.ts";
import { countUnacknowledgedPages, listQueue } from "#server/triage/queue/queries.ts";
import { getTriage } from "#server/triage/triage-queries.ts";
import { route } from "./route.ts";

/** The triage board: what burns, all about one of it, and what is done to an endpoint meanwhile. */
export function triage(app: FastifyInstance): void {
  const query = ListQueue.extend({ limit: z.coerce.number().int().min(1).max(500).default(100) });
  const list = { summary: "List what burns, worst first: incidents and alert groups", query, response: Queue };
  route(app, { method: "GET", path: "/triage/queue", ...list }, ({ ctx, query }) => listQueue(ctx, query));
  const count = { summary: "Count pages that nobody has taken", response: z.object({ pages: z.number().int() }) };
  route(app, { method: "GET", path: "/triage/unacknowledged-pages", ...count }, async ({ ctx }) => ({
    pages: await countUnacknowledgedPages(ctx),
  }));
  const one = {
    summary: "Read all about an alert group or an incident: cause, burn, segments, what can be done",
    query: z.object({
      group: z.uuid().optional().describe("Id of an alert group; or the incident."),
      incident: z.coerce.number().int().positive().optional().describe("Number of an incident."),
      minutes: z.coerce.number().int().min(15).max(10_080).default(120),
      until: z.coerce.date().optional().describe("ISO 8601; now when left out."),
    }),
    response: Triage,
  };
  route(app, { method: "GET", path: "/triage", ...one }, ({ ctx, query: { group, incident, minutes, until } }) =>
    getTriage(ctx, GetTriage.parse({ groupId: group, incident, minutes, until })),
  );
  freezes(app);
}

function freezes(app: FastifyInstance): void {
  const params = z.object({ endpoint: z.string() });
  const idOf = async (ctx: Parameters<typeof findEndpoint>[0], name: string) => (await findEndpoint(ctx, name)).id;
  const read = {
    summary: "Read what keeps an endpoint from changing now",
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
  const body = FreezeEndpoint.omit({ endpointId: true }).extend({ until: z.coerce.date() });
  const freeze = { summary: "Keep an endpoint from changing until an end", params, body, response: EndpointFreeze };
  route(
    app,
    { method: "POST", path: "/endpoints/:endpoint/freeze", ...freeze, status: 201 },
    async ({ ctx, params, body }) => freezeEndpoint(ctx, { endpointId: await idOf(ctx, params.endpoint), ...body }),
  );
  const lift = { summary: "Let an endpoint change again", params, body: LiftFreeze.omit({ endpointId: true }) };
  route(app, { method: "POST", path: "/endpoints/:endpoint/freeze/end", ...lift }, async ({ ctx, params, body }) =>
    liftFreeze(ctx, { endpointId: await idOf(ctx, params.endpoint), ...body }),
  );
  const back = {
    summary: "Roll an endpoint back: end its rollout, or deploy a version that served before",
    params,
    body: RollBackEndpoint.omit({ endpointId: true }),
    response: RolledBack,
  };
  route(app, { method: "POST", path: "/endpoints/:endpoint/rollback", ...back }, async ({ ctx, params, body }) =>
    rollBackEndpoint(ctx, { endpointId: await idOf(ctx, params.endpoint), ...body }),
  );
}
