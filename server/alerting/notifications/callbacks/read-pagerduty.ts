import { z } from "zod";
import type { Callback, CallbackAction } from "./contract.ts";

/**
 * Fields read from a PagerDuty webhook, version 3; all others are ignored.
 * https://developer.pagerduty.com/docs/webhooks-overview
 */
const Webhook = z.object({
  event: z.object({
    id: z.string().min(1).max(200),
    event_type: z.string(),
    occurred_at: z.iso.datetime({ offset: true }),
    agent: z.object({ type: z.string(), summary: z.string().nullish(), email: z.string().nullish() }).nullish(),
    data: z.object({ title: z.string().nullish(), incident_key: z.string().nullish() }).nullish(),
  }),
});

const actions: Record<string, CallbackAction> = {
  "incident.acknowledged": "acknowledge",
  "incident.unacknowledged": "unacknowledge",
  "incident.resolved": "resolve",
};

/**
 * Reads a webhook. Leeway's own changes at PagerDuty return as actions of a service or without an agent: only people's actions count. An
 * acknowledgement that PagerDuty ends itself counts too: Leeway never ends one there.
 * @throws ZodError for anything that is not a webhook of version 3
 */
export function readPagerDuty(body: Buffer): Callback {
  const { event } = Webhook.parse(JSON.parse(body.toString("utf8")));
  const { agent, data } = event;
  const isPerson = agent?.type === "user_reference" || agent?.type === "user";
  const action = actions[event.event_type] ?? "none";
  const person = isPerson ? { name: agent.summary || "Someone", email: agent.email ?? undefined } : null;
  const by = person ?? (action === "unacknowledge" ? { name: "Acknowledgement timeout" } : null);
  return {
    key: event.id,
    at: new Date(event.occurred_at),
    by,
    action: by === null ? "none" : action,
    about: action === "none" ? null : { dedupKey: data?.incident_key ?? null, title: data?.title ?? null },
  };
}
