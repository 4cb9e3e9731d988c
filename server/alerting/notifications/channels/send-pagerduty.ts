import pLimit from "p-limit";
import { send } from "#server/platform/webhooks/send.ts";
import type { Outside } from "../outside.ts";
import { type DeliveryOutcome, outcomeOf } from "./outcome.ts";
import type { Outgoing } from "./outgoing.ts";
import { type PagerDutyEvent, toPagerDuty } from "./pagerduty-events.ts";
import { jsonHeaders } from "./send-slack.ts";

/** Maximum number of events of one message in flight. */
const maxConcurrent = 8;

/**
 * Sends the events of a message. Of several the worst outcome counts, and all are sent again: PagerDuty knows them by their keys.
 */
export async function sendToPagerDuty(
  outgoing: Outgoing,
  { per, routingKey }: { per: "group" | "alert"; routingKey: string },
  outside: Outside,
): Promise<DeliveryOutcome> {
  const events = toPagerDuty(outgoing, { per, routingKey, publicUrl: outside.publicUrl });
  const started = performance.now();
  // A test is resolved after it was triggered; of alerts none waits for another.
  const limit = pLimit(outgoing.kind === "test" ? 1 : maxConcurrent);
  let failed: DeliveryOutcome | undefined;
  const all = await limit.map(events, async (event) => {
    if (failed) return failed;
    const outcome = await post(event, outside);
    if (outcome.outcome !== "delivered") failed ??= outcome;
    return outcome;
  });
  const outcome = failed ?? (all.at(-1) as DeliveryOutcome);
  return { ...outcome, durationMs: Math.round(performance.now() - started) };
}

async function post({ path, body: event }: PagerDutyEvent, { pagerdutyUrl }: Outside): Promise<DeliveryOutcome> {
  const body = JSON.stringify(event);
  const sent = await send(`${pagerdutyUrl}${path}`, { headers: jsonHeaders(body), body }, { allowsPrivate: true });
  return { ...sent, outcome: outcomeOf(sent) };
}
