import { createHash } from "node:crypto";
import type { Message } from "../contract.ts";
import { absolute, alertTitle, cut, inOrder, type Outgoing } from "./outgoing.ts";

/** https://developer.pagerduty.com/docs/events-api-v2/trigger-events */
export const pagerDutySummary = 1024;
const maxBytes = 512_000;
/** Maximum number of events per message in the mode of one per alert; the group's own event contains the rest. */
const maxAlerts = 100;

export interface PagerDutyEvent {
  path: "/v2/enqueue" | "/v2/change/enqueue";
  body: Record<string, unknown>;
}

interface Settings {
  per: "group" | "alert";
  routingKey: string;
  publicUrl: string;
}

/** Returns the SHA-256 of the group's key, in hex, as Alertmanager computes it: both then refer to the same incident. */
export function dedupKey(groupKey: string): string {
  return createHash("sha256").update(groupKey).digest("hex");
}

/**
 * Builds the events of a message: one for the group, or one for each alert; informational messages are change events, which page no one.
 * A test is triggered and resolved immediately.
 */
export function toPagerDuty(outgoing: Outgoing, { per, routingKey, publicUrl }: Settings): PagerDutyEvent[] {
  const { kind, message, key } = outgoing;
  const event = (action: string, of: string, detail: object) => ({
    path: "/v2/enqueue" as const,
    body: {
      routing_key: routingKey,
      event_action: action,
      dedup_key: of,
      ...(action === "trigger" && triggered(outgoing, publicUrl, detail)),
    },
  });
  const fullKey = dedupKey(key);
  if (kind === "test") return [event("trigger", fullKey, {}), event("resolve", fullKey, {})];
  if (kind === "change" || message.status === "info") return [toChange(outgoing, { routingKey, publicUrl })];
  const action = actions[message.status];
  if (per === "group" || message.alerts.length === 0) return [fitting(event(action, fullKey, groupDetails(message)))];
  const alerts = inOrder(message.alerts);
  const ended = alerts.filter(({ status }) => status === "resolved");
  const firing = alerts.filter(({ status }) => status === "firing");
  const rest = firing.slice(maxAlerts);
  return [
    ...ended.map(({ fingerprint }) => event("resolve", `${fullKey}:${fingerprint}`, {})),
    ...firing
      .slice(0, maxAlerts)
      .map((alert) => fitting(event(action, `${fullKey}:${alert.fingerprint}`, alertDetails(alert, publicUrl)))),
    ...(rest.length > 0 ? [fitting(event(action, fullKey, groupDetails({ ...message, alerts: rest })))] : []),
    // Has no effect if it was never triggered.
    ...(message.status === "resolved" ? [event("resolve", fullKey, {})] : []),
  ];
}

const actions = { firing: "trigger", acknowledged: "acknowledge", resolved: "resolve" } as const;

/** Builds a change event: it pages no one, and is displayed beside incidents. */
function toChange(
  { message, at }: Outgoing,
  { routingKey, publicUrl }: Pick<Settings, "routingKey" | "publicUrl">,
): PagerDutyEvent {
  const facts = Object.fromEntries(message.facts.map(({ name, value }) => [name, value]));
  return {
    path: "/v2/change/enqueue",
    body: {
      routing_key: routingKey,
      payload: {
        summary: cut(message.title, pagerDutySummary),
        source: sourceOf(message, publicUrl),
        timestamp: at.toISOString(),
        custom_details: { ...facts, ...(message.lines.length > 0 && { description: message.lines.join("\n") }) },
      },
      links: linksOf(message, publicUrl),
    },
  };
}

function triggered({ kind, message, at }: Outgoing, publicUrl: string, detail: object) {
  const { groupLabels, alerts } = message;
  const began = Math.min(
    ...alerts.filter(({ status }) => status === "firing").map(({ startsAt }) => startsAt.getTime()),
  );
  const part = {
    component: groupLabels.endpoint ?? groupLabels.model,
    group: groupLabels.service,
    class: groupLabels.alertname,
  };
  return {
    payload: {
      summary: cut(message.title, pagerDutySummary),
      source: sourceOf(message, publicUrl),
      severity: kind === "test" ? "info" : severityOf(message.severity),
      timestamp: (Number.isFinite(began) ? new Date(began) : at).toISOString(),
      ...Object.fromEntries(Object.entries(part).filter(([, value]) => value)),
      custom_details: { ...Object.fromEntries(message.facts.map(({ name, value }) => [name, value])), ...detail },
      ...("summary" in detail && { summary: detail.summary }),
    },
    links: linksOf(message, publicUrl),
    client: "Leeway",
    client_url: message.links[0] ? absolute(publicUrl, message.links[0].path) : publicUrl,
  };
}

function severityOf(severity: string): "critical" | "error" | "warning" | "info" {
  if (severity === "page" || severity === "critical") return "critical";
  if (severity === "ticket" || severity === "warning") return "warning";
  return severity === "info" ? "info" : "error";
}

function groupDetails({ alerts, lines }: Message) {
  const of = (status: string) => inOrder(alerts).filter((alert) => alert.status === status);
  const [firing, resolved] = [of("firing"), of("resolved")];
  return {
    ...(lines.length > 0 && { description: lines.join("\n") }),
    firing: firing.map(alertTitle).join("\n"),
    resolved: resolved.map(alertTitle).join("\n"),
    num_firing: firing.length,
    num_resolved: resolved.length,
  };
}

function alertDetails(alert: Message["alerts"][number], publicUrl: string) {
  const { labels, annotations, generatorUrl } = alert;
  const shown = Object.entries(annotations).filter(([name]) => !name.startsWith("leeway.internal/"));
  const source = generatorUrl && absolute(publicUrl, generatorUrl);
  return {
    ...Object.fromEntries(shown),
    ...labels,
    ...(source && { source }),
    summary: cut(alertTitle(alert), pagerDutySummary),
  };
}

/** Replaces the details of an event over the limit by a note, as Alertmanager does. */
function fitting(event: PagerDutyEvent): PagerDutyEvent {
  const size = Buffer.byteLength(JSON.stringify(event.body));
  const { payload } = event.body;
  if (size <= maxBytes || !payload) return event;
  const error = `Details omitted because the event (${size} bytes) exceeds PagerDuty's limit of ${maxBytes} bytes.`;
  return { ...event, body: { ...event.body, payload: { ...payload, custom_details: { error } } } };
}

function sourceOf({ groupLabels }: Message, publicUrl: string): string {
  return groupLabels.service ?? groupLabels.model ?? groupLabels.endpoint ?? new URL(publicUrl).host;
}

function linksOf({ links }: Message, publicUrl: string) {
  return links.map(({ text, path }) => ({ href: absolute(publicUrl, path), text }));
}
