import type { Message } from "#server/alerting/notifications/contract.ts";
import { minuteMs } from "#server/base/durations.ts";
import { formatDuration } from "#server/base/format-number.ts";
import type { CalledGroup } from "./find-group.ts";

interface Call {
  group: CalledGroup;
  severity: string;
  /** Why this person or receiver is told: "you are on call", "nobody is on call". */
  why: string;
  startedAt: Date;
  now: Date;
  /** Who is told next, in words, and when; null where nobody is. */
  next: { words: string[]; at: Date } | null;
}

/** What somebody is told who is called: what burns, for how long nobody has it, and who is called next. */
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
    title: [severity.toUpperCase(), summary.service, summary.title].filter(Boolean).join(" · "),
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
    links: [{ text: "Open and acknowledge", path: `/on-call?group=${group.id}` }],
  };
}
