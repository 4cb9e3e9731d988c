import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { getAlert, listAlerts } from "#server/alerts/alert-queries.ts";
import * as contract from "#server/alerts/contract.ts";
import { acknowledgeGroup } from "#server/alerts/groups/acknowledge-group.ts";
import { getAlertGroup, listAlertGroups } from "#server/alerts/groups/queries.ts";
import { unacknowledgeGroup } from "#server/alerts/groups/unacknowledge-group.ts";
import { listAlertEvents } from "#server/alerts/history/queries.ts";
import { parseMatcher } from "#server/alerts/matchers/parse-matchers.ts";
import { receiveAlerts } from "#server/alerts/receive-alerts.ts";
import { traceAlert } from "#server/alerts/trace/trace-alert.ts";
import { route } from "./route.ts";

const { AlertGroup } = contract;
const time = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const several = <Item extends z.ZodType>(item: Item) =>
  z
    .union([item, z.array(item)])
    .optional()
    .transform((value) => (value === undefined ? undefined : [value].flat()));

/** Alerts, the groups in which they are told, what people do to those, and what happened. */
export function alerts(app: FastifyInstance): void {
  posting(app);
  groups(app);
  acts(app);
  history(app);
}

function posting(app: FastifyInstance): void {
  const query = z.object({
    state: contract.ListAlerts.shape.state,
    group: z.uuid().optional(),
    matcher: several(z.string().max(4096)).describe('As severity="page"; may be repeated.'),
    limit: z.coerce.number().int().min(1).max(1000).default(200),
    after: z.string().max(16).optional().describe("`next` of the page before."),
  });
  const response = z.object({ alerts: z.array(contract.AlertNow), next: z.string().optional() });
  const list = { summary: "List alerts that fire, with what mutes them", query, response };
  route(app, { method: "GET", path: "/alerts", ...list }, ({ ctx, query: { group, matcher = [], ...rest } }) =>
    listAlerts(ctx, { ...rest, groupId: group, matchers: matcher.map(parseMatcher) }),
  );
  const posted = z.object({
    labels: z.record(z.string(), z.string()),
    annotations: z.record(z.string(), z.string()).default({}),
    startsAt: time.optional(),
    endsAt: time.optional().describe("Left out, the alert ends five minutes after it was posted last."),
    generatorUrl: z.string().max(4096).default(""),
  });
  const body = z.object({ alerts: z.array(posted).min(1).max(20_000) });
  const taken = z.object({ accepted: z.number().int(), problems: z.array(z.string()) });
  const post = { summary: "Tell that alerts fire or are over; those that are valid are taken", body, response: taken };
  route(app, { method: "POST", path: "/alerts", ...post }, ({ ctx, body }) =>
    receiveAlerts(ctx, body.alerts, { source: "api" }),
  );
  const params = z.object({ fingerprint: contract.TraceAlert.shape.fingerprint });
  const at = z.object({ at: time.optional().describe("As it was then; now when left out.") });
  const show = { summary: "Show an alert, also one that is over", params, response: contract.AlertNow };
  route(app, { method: "GET", path: "/alerts/:fingerprint", ...show }, ({ ctx, params }) => getAlert(ctx, params));
  const trace = { summary: "Tell why an alert was told or not", params, query: at, response: contract.AlertTrace };
  route(app, { method: "GET", path: "/alerts/:fingerprint/trace", ...trace }, ({ ctx, params, query }) =>
    traceAlert(ctx, { ...params, ...query }),
  );
}

function groups(app: FastifyInstance): void {
  const { severity, ruleKey, search, cursor } = contract.ListAlertGroups.shape;
  const query = z.object({
    state: several(contract.GroupState).describe("Open ones when left out; over are those of the past."),
    severity,
    endpointId: z.uuid().optional(),
    teamId: z.uuid().optional(),
    ruleKey,
    search,
    matcher: several(z.string().max(4096)).describe(
      'Groups with an alert that matches, as severity="page"; may be repeated.',
    ),
    endedSince: time.optional().describe("Of those that are over: the ones that ended since then."),
    limit: z.coerce.number().int().min(1).max(500).default(100),
    cursor: cursor.describe("`next` of the page before."),
  });
  const response = z.object({ groups: z.array(AlertGroup), next: z.string().optional() });
  const list = { summary: "List groups of alerts as the queue has them", query, response };
  route(app, { method: "GET", path: "/alert-groups", ...list }, ({ ctx, query: { state, matcher = [], ...rest } }) =>
    listAlertGroups(ctx, { ...rest, matchers: matcher.map(parseMatcher), ...(state && { states: state }) }),
  );
  const show = { summary: "Show a group of alerts", params: Group, response: AlertGroup };
  route(app, { method: "GET", path: "/alert-groups/:group", ...show }, ({ ctx, params }) =>
    getAlertGroup(ctx, { groupId: params.group }),
  );
}

const Group = z.object({ group: z.uuid() });

function acts(app: FastifyInstance): void {
  const of = { params: Group, response: AlertGroup };
  const path = "/alert-groups/:group/acknowledgement";
  const body = z.object({
    note: z.string().max(2000).default(""),
    until: time.optional().describe("Two hours from now for a page and three days for a ticket, when left out."),
  });
  const take = { summary: "Acknowledge a group: somebody works on it", body };
  route(app, { method: "POST", path, ...of, ...take }, ({ ctx, params, body }) =>
    acknowledgeGroup(ctx, { groupId: params.group, ...body }),
  );
  route(app, { method: "DELETE", path, ...of, summary: "Give a group back" }, ({ ctx, params }) =>
    unacknowledgeGroup(ctx, { groupId: params.group }),
  );
}

function history(app: FastifyInstance): void {
  const query = z.object({
    fingerprint: z.string().max(16).optional(),
    group: z.uuid().optional(),
    ruleKey: z.string().max(300).optional(),
    kind: several(contract.AlertEventKind),
    from: time.optional(),
    to: time.optional(),
    limit: z.coerce.number().int().min(1).max(10_000).default(200),
    before: z.coerce.number().int().positive().optional().describe("`next` of the page before."),
  });
  const response = z.object({ events: z.array(contract.StoredAlertEvent), next: z.number().int().optional() });
  const list = { summary: "List what happened to alerts, newest first; kept for 400 days", query, response };
  route(app, { method: "GET", path: "/alert-events", ...list }, ({ ctx, query: { group, kind = [], ...rest } }) =>
    listAlertEvents(ctx, { ...rest, groupId: group, kinds: kind }),
  );
}
