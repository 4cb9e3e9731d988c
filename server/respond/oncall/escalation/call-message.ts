import { ticketPath } from "#server/alerting/alerts/constants.ts";
import { messageTitle } from "#server/alerting/alerts/incident-title.ts";
import type { Message } from "#server/alerting/notifications/contract.ts";
import { minuteMs } from "#server/base/durations.ts";
import { formatDuration } from "#server/base/format-number.ts";
import type { CalledGroup } from "./find-group.ts";

interface Call {
  group: CalledGroup;
  severity: string;
  /** Reason why this person or receiver is notified: "you are on call", "no one is on call". */
  why: string;
  startedAt: Date;
  now: Date;
  /** Next escalation, in words, and its time; null where there is none. */
  next: { words: string[]; at: Date } | null;
}

/** Builds the message of a page: the firing alert, the time without acknowledgement, and the next escalation. */
export function callMessage({ group, severity, why, startedAt, now, next }: Call): Message {
  const { summary, groupKey, labels } = group;
  const waited = now.getTime() - startedAt.getTime();
  const lines = [
    why,
    ...(waited >= minuteMs ? [`Unacknowledged for ${formatDuration(waited)}.`] : []),
    ...(next
      ? [`Next escalation in ${formatDuration(next.at.getTime() - now.getTime())}: ${next.words.join("; ")}.`]
      : []),
  ];
  return {
    title: messageTitle(severity.toUpperCase(), summary),
    lines,
    facts: [
      { name: "Firing", value: String(summary.firing) },
      ...(summary.burn === null ? [] : [{ name: "Burn rate", value: summary.burn.toFixed(1) }]),
    ],
    severity,
    status: "firing",
    reason: "",
    receiver: "",
    groupKey,
    groupLabels: labels,
    alerts: [],
    links: [{ text: "Open and acknowledge", path: ticketPath(group.id) }],
  };
}
