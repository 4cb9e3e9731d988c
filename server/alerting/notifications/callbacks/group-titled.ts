import { alertTitle, cut } from "../channels/outgoing.ts";
import { pagerDutySummary } from "../channels/pagerduty-events.ts";
import type { Message } from "../contract.ts";

/**
 * Finds the only group of which a message, or an alert in it, was sent to PagerDuty under a title.
 * @returns undefined if there is none, or more than one
 */
export function groupTitled(
  notified: readonly { groupId: string; message: Pick<Message, "title" | "alerts"> }[],
  title: string,
): string | undefined {
  const hasTitle = ({ message }: (typeof notified)[number]) =>
    [message.title, ...message.alerts.map(alertTitle)].some((one) => cut(one, pagerDutySummary) === title);
  const found = new Set(notified.filter(hasTitle).map(({ groupId }) => groupId));
  return found.size === 1 ? [...found][0] : undefined;
}
