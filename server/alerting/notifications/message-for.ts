import type { Message, NotificationKind } from "./contract.ts";

/**
 * What a channel is told of a message: all of it, or without what was resolved where it does not want that (alerting.md section 5).
 * @returns undefined where nothing is left to tell
 */
export function messageFor(
  channel: { sendsResolved: boolean },
  { kind, message }: { kind: NotificationKind; message: Message },
): Message | undefined {
  if (channel.sendsResolved || kind !== "group") return message;
  if (message.status === "resolved") return undefined;
  return { ...message, alerts: message.alerts.filter(({ status }) => status === "firing") };
}
