import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { dayMs } from "#server/base/durations.ts";
import { Instant } from "#server/base/instant.ts";
import { limits } from "#server/base/limits.ts";
import * as contract from "#server/respond/incidents/contract.ts";
import { declareIncident } from "#server/respond/incidents/declare-incident.ts";
import { MergeIncident, SplitIncident } from "#server/respond/incidents/folding/contract.ts";
import { mergeIncident } from "#server/respond/incidents/folding/merge-incident.ts";
import { splitIncident } from "#server/respond/incidents/folding/split-incident.ts";
import { IncidentCurve } from "#server/respond/incidents/impact/contract.ts";
import { getIncidentCurve } from "#server/respond/incidents/impact/curve-queries.ts";
import { LinkIncident, UnlinkIncident } from "#server/respond/incidents/links/contract.ts";
import { linkIncident } from "#server/respond/incidents/links/link-incident.ts";
import { unlinkIncident } from "#server/respond/incidents/links/unlink-incident.ts";
import { moveIncident } from "#server/respond/incidents/move-incident.ts";
import { getIncident, listIncidents } from "#server/respond/incidents/queries.ts";
import { ResponseMetrics } from "#server/respond/incidents/response/contract.ts";
import { responseMetrics } from "#server/respond/incidents/response/queries.ts";
import { setIncidentSeverity } from "#server/respond/incidents/set-severity.ts";
import { FindSimilar, SimilarIncident } from "#server/respond/incidents/similar/contract.ts";
import { similarIncidents } from "#server/respond/incidents/similar/queries.ts";
import { updateIncident } from "#server/respond/incidents/update-incident.ts";
import { findEndpoint } from "#server/serve/endpoints/lookups.ts";
import { route } from "./route.ts";

const { Incident, IncidentSummary } = contract;
export const incidentParams = z.object({ incident: z.coerce.number().int().positive().describe("Incident number.") });
export const incidentPath = "/incidents/:incident";
const params = incidentParams;
const path = incidentPath;
const at = Instant.optional().describe("ISO 8601; defaults to now.");
const endpointName = z.string().max(limits.nameLength).optional().describe("Endpoint name.");

/** Incidents: declared, taken on from state to state, corrected, linked; how quickly they end, and those like them. */
export function incidents(app: FastifyInstance): void {
  collection(app);
  const show = { summary: "Get an incident", params, response: Incident };
  route(app, { method: "GET", path, ...show }, ({ ctx, params }) => getIncident(ctx, { number: params.incident }));
  const curve = { summary: "Get failures around an incident per minute", params, response: IncidentCurve };
  route(app, { method: "GET", path: `${path}/curve`, ...curve }, ({ ctx, params }) =>
    getIncidentCurve(ctx, { number: params.incident }),
  );
  const body = contract.UpdateIncident.omit({ number: true }).extend({
    startedAt: Instant.optional().describe("ISO 8601."),
  });
  const update = { summary: "Update an incident; omitted fields are unchanged", params, body };
  route(app, { method: "PATCH", path, ...update, response: Incident }, ({ ctx, params, body }) =>
    updateIncident(ctx, { number: params.incident, ...body }),
  );
  states(app);
  folding(app);
  links(app);
  reports(app);
}

function collection(app: FastifyInstance): void {
  const query = z.object({
    open: z.stringbool().optional().describe("Only ongoing or only ended incidents."),
    state: contract.IncidentState.optional(),
    severity: contract.IncidentSeverity.optional(),
    cause: contract.CauseKind.optional(),
    endpoint: endpointName,
    from: Instant.optional().describe("Started at or after, ISO 8601."),
    to: Instant.optional(),
    limit: z.coerce.number().int().min(1).max(500).default(50),
    before: z.coerce.number().int().positive().optional().describe("Cursor: `next` of the previous page."),
  });
  const page = z.object({ incidents: z.array(IncidentSummary), next: z.number().int().optional() });
  const list = { summary: "List incidents, newest first", query, response: page };
  route(app, { method: "GET", path: "/incidents", ...list }, async ({ ctx, query: { open, endpoint, ...rest } }) => {
    const endpointId = endpoint === undefined ? undefined : (await findEndpoint(ctx, endpoint)).id;
    return listIncidents(ctx, { ...rest, endpointId, isOpen: open });
  });
  const body = contract.DeclareIncident.omit({ endpointId: true }).extend({
    endpoint: endpointName,
    startedAt: Instant.optional().describe("ISO 8601; defaults to the start of its alerts, or now."),
  });
  const declare = {
    summary: "Declare an incident",
    body,
    response: Incident,
    status: 201 as const,
    isRepeatable: true,
  };
  route(
    app,
    { method: "POST", path: "/incidents", ...declare },
    async ({ ctx, body: { endpoint, ...input }, idempotencyKey }) => {
      const endpointId = endpoint === undefined ? null : (await findEndpoint(ctx, endpoint)).id;
      return declareIncident(ctx, { ...input, endpointId }, idempotencyKey);
    },
  );
}

function states(app: FastifyInstance): void {
  const move = {
    summary: "Update the state of an incident",
    params,
    body: contract.MoveIncident.omit({ number: true }).extend({ at }),
    response: Incident,
  };
  route(app, { method: "POST", path: `${path}/state`, ...move }, ({ ctx, params, body }) =>
    moveIncident(ctx, { number: params.incident, ...body }),
  );
  const severity = {
    summary: "Set the severity of an incident; raising it notifies everyone who was paged again",
    params,
    body: contract.SetIncidentSeverity.omit({ number: true }),
    response: Incident,
  };
  route(app, { method: "POST", path: `${path}/severity`, ...severity }, ({ ctx, params, body }) =>
    setIncidentSeverity(ctx, { number: params.incident, ...body }),
  );
}

function folding(app: FastifyInstance): void {
  const merge = {
    summary: "Merge an open incident into another one, which gets its alerts; returns that one",
    params,
    body: MergeIncident.omit({ number: true }),
    response: Incident,
  };
  route(app, { method: "POST", path: `${path}/merge`, ...merge }, ({ ctx, params, body }) =>
    mergeIncident(ctx, { number: params.incident, ...body }),
  );
  const split = {
    summary: "Split alert groups, or a merged incident, off an incident; returns what was split off",
    params,
    body: SplitIncident.omit({ number: true }),
    response: Incident,
    status: 201 as const,
    isRepeatable: true,
  };
  route(app, { method: "POST", path: `${path}/split`, ...split }, ({ ctx, params, body, idempotencyKey }) =>
    splitIncident(ctx, { number: params.incident, ...body }, idempotencyKey),
  );
}

function links(app: FastifyInstance): void {
  const body = LinkIncident.omit({ number: true });
  const link = { summary: "Link an item to an incident", params, body, response: Incident };
  route(app, { method: "POST", path: `${path}/links`, ...link }, ({ ctx, params, body }) =>
    linkIncident(ctx, { number: params.incident, ...body }),
  );
  const query = UnlinkIncident.omit({ number: true });
  const unlink = { summary: "Unlink an item from an incident", params, query, response: Incident };
  route(app, { method: "DELETE", path: `${path}/links`, ...unlink }, ({ ctx, params, query }) =>
    unlinkIncident(ctx, { number: params.incident, ...query }),
  );
}

function reports(app: FastifyInstance): void {
  const query = z.object({
    from: Instant.optional().describe("ISO 8601; defaults to 30 days before the end."),
    to: Instant.optional().describe("ISO 8601; defaults to now."),
    severity: contract.IncidentSeverity.optional(),
    endpoint: endpointName,
  });
  const metrics = { summary: "Get time to detect, acknowledge and resolve", query, response: ResponseMetrics };
  route(
    app,
    { method: "GET", path: "/response-metrics", ...metrics },
    async ({ ctx, query: { endpoint, severity, ...span } }) => {
      const to = span.to ?? new Date();
      const from = span.from ?? new Date(to.getTime() - 30 * dayMs);
      const endpointId = endpoint === undefined ? undefined : (await findEndpoint(ctx, endpoint)).id;
      return responseMetrics(ctx, { from, to, severity, endpointId });
    },
  );
  const like = FindSimilar.pick({ ruleKey: true, segment: true }).extend({
    endpoint: endpointName,
    except: z.coerce.number().int().optional().describe("Number of the incident to find similar ones for."),
    limit: z.coerce.number().int().min(1).max(50).default(5),
  });
  const similar = { query: like, response: z.object({ incidents: z.array(SimilarIncident) }) };
  const summary = "List earlier incidents with the same rule, endpoint or segment, and how they were resolved";
  route(
    app,
    { method: "GET", path: "/similar-incidents", summary, ...similar },
    async ({ ctx, query: { endpoint, ...input } }) => {
      const endpointId = endpoint === undefined ? null : (await findEndpoint(ctx, endpoint)).id;
      return { incidents: await similarIncidents(ctx, { ...input, endpointId }) };
    },
  );
}
