import { send } from "#server/platform/webhooks/send.ts";
import { headersOf } from "#server/platform/webhooks/wire.ts";
import type { Outside } from "../outside.ts";
import { toAlertmanager } from "./alertmanager-body.ts";
import { type DeliveryOutcome, outcomeOf } from "./outcome.ts";
import type { Outgoing } from "./outgoing.ts";

interface Target {
  url: string;
  authorization: "signature" | "bearer";
  maxAlerts: number;
  secret: string | null;
}

/**
 * Posts Alertmanager's body, signed like every Leeway webhook, or with the bearer token that the receiver requires; the ID in the headers
 * is the same in every attempt.
 */
export async function sendToWebhook(
  outgoing: Outgoing,
  { url, authorization, maxAlerts, secret }: Target,
  outside: Outside,
): Promise<DeliveryOutcome> {
  const body = JSON.stringify(toAlertmanager(outgoing, { publicUrl: outside.publicUrl, maxAlerts }));
  const isToken = authorization === "bearer" && secret !== null;
  const headers = {
    ...headersOf({ id: outgoing.id, body }, isToken || secret === null ? [] : [secret], outgoing.at),
    ...(isToken && { Authorization: `Bearer ${secret}` }),
  };
  const sent = await send(url, { headers, body }, outside.rules);
  return { ...sent, outcome: outcomeOf(sent) };
}
