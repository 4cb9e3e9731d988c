import type { ChannelSettings } from "../contract.ts";
import type { Outside } from "../outside.ts";
import type { DeliveryOutcome } from "./outcome.ts";
import type { Outgoing } from "./outgoing.ts";
import { sendEmail } from "./send-email.ts";
import { sendToPagerDuty } from "./send-pagerduty.ts";
import { sendAsBot, sendToHook } from "./send-slack.ts";
import { sendToWebhook } from "./send-webhook.ts";

export interface Target {
  /** Undefined for a person notified by email. */
  settings: ChannelSettings | undefined;
  secret: string | null;
  /** Address of a person; null for the channel's own. */
  address: string | null;
}

/** Sends one message to one channel or person. Never throws for what the other side does; that is the result. */
export async function sendMessage(outgoing: Outgoing, target: Target, outside: Outside): Promise<DeliveryOutcome> {
  const { settings, address } = target;
  const secret = target.secret ?? "";
  switch (settings?.kind) {
    case undefined:
      return sendEmail(outgoing, address === null ? [] : [address], outside);
    case "email":
      return sendEmail(outgoing, settings.to, outside);
    case "slack-hook":
      return sendToHook(outgoing, secret, outside);
    case "slack-bot":
      return sendAsBot(outgoing, { token: secret, to: address ?? settings.channel }, outside);
    case "pagerduty":
      return sendToPagerDuty(outgoing, { per: settings.per, routingKey: secret }, outside);
    case "webhook":
      return sendToWebhook(outgoing, { ...settings, secret: target.secret }, outside);
  }
}
