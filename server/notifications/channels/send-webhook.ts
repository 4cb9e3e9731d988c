import { send } from "#server/webhooks/send.ts";
import { headersOf } from "#server/webhooks/wire.ts";
import type { Outside } from "../outside.ts";
import { toAlertmanager } from "./alertmanager-body.ts";
import { outcomeOf, type Told } from "./outcome.ts";
import type { Outgoing } from "./outgoing.ts";

/** Posts Alertmanager's body, signed as every webhook of Leeway is; the id in the headers is the same at every try. */
export async function sendToWebhook(
  outgoing: Outgoing,
  { url, maxAlerts, secret }: { url: string; maxAlerts: number; secret: string | null },
  outside: Outside,
): Promise<Told> {
  const body = JSON.stringify(toAlertmanager(outgoing, { publicUrl: outside.publicUrl, maxAlerts }));
  const headers = headersOf({ id: outgoing.id, body }, secret === null ? [] : [secret], outgoing.at);
  const sent = await send(url, { headers, body }, outside.rules);
  return { ...sent, outcome: outcomeOf(sent) };
}
