import pLimit from "p-limit";
import { send } from "#server/platform/webhooks/send.ts";
import type { Outside } from "../outside.ts";
import { outcomeOf, type Told } from "./outcome.ts";
import type { Outgoing } from "./outgoing.ts";
import { type PagerDutyEvent, toPagerDuty } from "./pagerduty-events.ts";
import { jsonHeaders } from "./send-slack.ts";

/** Events of one message that are on their way at once. */
const maxConcurrent = 8;

/**
 * Sends the events of a message. Of several the worst outcome counts, and all are sent again: PagerDuty knows them by their keys.
 */
export async function sendToPagerDuty(
  outgoing: Outgoing,
  { per, routingKey }: { per: "group" | "alert"; routingKey: string },
  outside: Outside,
): Promise<Told> {
  const events = toPagerDuty(outgoing, { per, routingKey, publicUrl: outside.publicUrl });
  const started = performance.now();
  // A test is resolved after it was triggered; of alerts none waits for another.
  const limit = pLimit(outgoing.kind === "test" ? 1 : maxConcurrent);
  let failed: Told | undefined;
  const all = await limit.map(events, async (event) => {
    if (failed) return failed;
    const told = await post(event, outside);
    if (told.outcome !== "delivered") failed ??= told;
    return told;
  });
  const told = failed ?? (all.at(-1) as Told);
  return { ...told, durationMs: Math.round(performance.now() - started) };
}

async function post({ path, body: event }: PagerDutyEvent, { pagerdutyUrl }: Outside): Promise<Told> {
  const body = JSON.stringify(event);
  const sent = await send(`${pagerdutyUrl}${path}`, { headers: jsonHeaders(body), body }, { allowsPrivate: true });
  return { ...sent, outcome: outcomeOf(sent) };
}
