import { ticketPath } from "#server/alerting/alerts/constants.ts";
import { recordAlertEvents } from "#server/alerting/alerts/history/record-alert-events.ts";
import type { Context } from "#server/base/context.ts";
import { noteForGroup } from "#server/respond/incidents/note-for-group.ts";
import type { NewTimelineEvent } from "#server/respond/incidents/timeline/contract.ts";
import type { CalledGroup } from "./find-group.ts";
import type { CallTargets } from "./find-targets.ts";

interface Call {
  group: CalledGroup;
  /** Id of the escalation, or of the person who was called manually. */
  ref: string;
  /** Key of the page: it is added to the timeline only once. */
  deduplicationKey: string;
  at: Date;
  /** Number from 1; omitted for a manual page. */
  step?: number;
  steps?: number;
  round?: number;
  targets: CallTargets;
  /** User who paged manually. */
  actor?: string;
  note?: string;
}

/** Records the people called in the log of the group's alerts and on its incident's timeline, in the caller's transaction. */
export async function noteCall(
  ctx: Context,
  { group, ref, deduplicationKey, at, targets, actor, ...data }: Call,
): Promise<void> {
  const { id: groupId, groupKey, summary } = group;
  const people = targets.people.map(({ userId, name }) => ({ userId, name }));
  const receivers = targets.receivers.map(({ name }) => name);
  const event = { kind: "escalated", groupId, groupKey, ruleKey: summary.ruleKey, ref, actor } as const;
  await recordAlertEvents(ctx, [{ ...event, data: { ...data, people, receivers, words: targets.words } }], at);
  await noteForGroup(ctx, groupId, {
    ...callNote({ groupId, title: summary.title, people, receivers: targets.receivers, words: targets.words }),
    at,
    deduplicationKey,
  });
}

interface Called {
  groupId: string;
  title: string;
  people: readonly { name: string }[];
  receivers: readonly { name: string }[];
  words: readonly string[];
}

/** Returns the event of a page for the timeline of an incident. */
export function callNote({ groupId, title, people, receivers, words }: Called): NewTimelineEvent {
  const names = [...people, ...receivers].map(({ name }) => name);
  return {
    kind: "message",
    // Queued, not delivered: what became of it is an event of its own.
    title: names.length > 0 ? `Paging ${names.join(", ")}` : "No one was notified",
    body: words.join("; "),
    links: [{ rel: "alert", href: ticketPath(groupId), text: title }],
  };
}
