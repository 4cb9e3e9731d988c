import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { getAlert, listAlerts } from "#server/alerting/alerts/alert-queries.ts";
import * as contract from "#server/alerting/alerts/contract.ts";
import { getAlertGroup, listAlertGroups } from "#server/alerting/alerts/groups/queries.ts";
import { listAlertEvents } from "#server/alerting/alerts/history/queries.ts";
import { parseMatcher } from "#server/alerting/alerts/matchers/parse-matchers.ts";
import { receiveAlerts } from "#server/alerting/alerts/receive-alerts.ts";
import { boundedRecord } from "#server/base/bounded-record.ts";
import { IsoInstant } from "#server/base/instant.ts";
import { limits } from "#server/base/limits.ts";
import { acknowledgeGroup } from "#server/respond/acknowledgement/acknowledge-group.ts";
import { unacknowledgeGroup } from "#server/respond/acknowledgement/unacknowledge-group.ts";
import { traceAlert } from "#server/respond/alert-trace/trace-alert.ts";
import { notifyAfterChange } from "#server/respond/paging/notify-after-change.ts";
import { route } from "./route.ts";

const { AlertGroup } = contract;
const several = <Item extends z.ZodType>(item: Item) =>
  z
    .union([item, z.array(item)])
    .optional()
    .transform((value) => (value === undefined ? undefined : [value].flat()));

/** Registers the routes for alerts, their groups, the actions of users on those, and their history. */
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
    matcher: several(z.string().max(4096)).describe('Matcher such as severity="page"; repeatable.'),
    limit: z.coerce.number().int().min(1).max(1000).default(200),
    after: z.string().max(16).optional().describe("Cursor: `next` of the previous page."),
  });
  const response = z.object({ alerts: z.array(contract.AlertNow), next: z.string().optional() });
  const list = { summary: "List firing alerts, with what mutes them", query, response };
  route(app, { method: "GET", path: "/alerts", ...list }, ({ ctx, query: { group, matcher = [], ...rest } }) =>
    listAlerts(ctx, { ...rest, groupId: group, matchers: matcher.map(parseMatcher) }),
  );
  const posted = z.object({
    labels: boundedRecord(z.string().max(limits.nameLength), z.string().max(limits.nameLength)),
    annotations: boundedRecord(z.string().max(limits.nameLength), z.string().max(limits.textLength)).default({}),
    startsAt: IsoInstant.optional(),
    endsAt: IsoInstant.optional().describe("If omitted, the alert expires five minutes after it was last received."),
    generatorUrl: z.string().max(4096).default(""),
  });
  const body = z.object({ alerts: z.array(posted).min(1).max(20_000) });
  const accepted = z.object({ accepted: z.number().int(), problems: z.array(z.string()) });
  const post = {
    summary: "Post firing or resolved alerts; valid alerts are accepted even if others are not",
    body,
    response: accepted,
  };
  route(app, { method: "POST", path: "/alerts", ...post }, ({ ctx, body }) =>
    receiveAlerts(ctx, body.alerts, { source: "api", afterChange: notifyAfterChange }),
  );
  const params = z.object({ fingerprint: contract.TraceAlert.shape.fingerprint });
  const at = z.object({ at: IsoInstant.optional().describe("Point in time; defaults to now.") });
  const show = { summary: "Get an alert, including resolved ones", params, response: contract.AlertNow };
  route(app, { method: "GET", path: "/alerts/:fingerprint", ...show }, ({ ctx, params }) => getAlert(ctx, params));
  const trace = {
    summary: "Explain why an alert did or did not notify",
    params,
    query: at,
    response: contract.AlertTrace,
  };
  route(app, { method: "GET", path: "/alerts/:fingerprint/trace", ...trace }, ({ ctx, params, query }) =>
    traceAlert(ctx, { ...params, ...query }),
  );
}

function groups(app: FastifyInstance): void {
  const { severity, ruleKey, search, cursor } = contract.ListAlertGroups.shape;
  const query = z.object({
    state: several(contract.GroupState).describe("Defaults to open groups; 'resolved' selects those that have ended."),
    severity,
    endpointId: z.uuid().optional(),
    teamId: z.uuid().optional(),
    ruleKey,
    search,
    matcher: several(z.string().max(4096)).describe(
      'Groups with a matching alert, for example severity="page"; repeatable.',
    ),
    endedSince: IsoInstant.optional().describe("For resolved groups: resolved since this time."),
    limit: z.coerce.number().int().min(1).max(500).default(100),
    cursor: cursor.describe("Cursor: `next` of the previous page."),
  });
  const response = z.object({ groups: z.array(AlertGroup), next: z.string().optional() });
  const list = { summary: "List alert groups in queue order", query, response };
  route(app, { method: "GET", path: "/alert-groups", ...list }, ({ ctx, query: { state, matcher = [], ...rest } }) =>
    listAlertGroups(ctx, { ...rest, matchers: matcher.map(parseMatcher), ...(state && { states: state }) }),
  );
  const show = { summary: "Get an alert group", params: Group, response: AlertGroup };
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
    until: IsoInstant.optional().describe("Defaults to two hours from now for a page, three days for a ticket."),
  });
  const take = { summary: "Acknowledge an alert group", body };
  route(app, { method: "POST", path, ...of, ...take }, ({ ctx, params, body }) =>
    acknowledgeGroup(ctx, { groupId: params.group, ...body }),
  );
  route(app, { method: "DELETE", path, ...of, summary: "Unacknowledge an alert group" }, ({ ctx, params }) =>
    unacknowledgeGroup(ctx, { groupId: params.group }),
  );
}

function history(app: FastifyInstance): void {
  const query = z.object({
    fingerprint: z.string().max(16).optional(),
    group: z.uuid().optional(),
    ruleKey: z.string().max(300).optional(),
    kind: several(contract.AlertEventKind),
    from: IsoInstant.optional(),
    to: IsoInstant.optional(),
    limit: z.coerce.number().int().min(1).max(10_000).default(200),
    before: z.coerce.number().int().positive().optional().describe("Cursor: `next` of the previous page."),
  });
  const response = z.object({ events: z.array(contract.StoredAlertEvent), next: z.number().int().optional() });
  const list = { summary: "List alert events, newest first; kept for 400 days", query, response };
  route(app, { method: "GET", path: "/alert-events", ...list }, ({ ctx, query: { group, kind = [], ...rest } }) =>
    listAlertEvents(ctx, { ...rest, groupId: group, kinds: kind }),
  );
}
