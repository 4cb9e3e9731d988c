import { isState } from "../channels/slack-bot.ts";
import type { Message, MessageAlert, NotificationKind } from "../contract.ts";

/** A message that waits, of one channel and one group, in the order of the decisions. */
export interface Waiting {
  id: string;
  kind: NotificationKind;
  groupId: string | null;
  message: Message;
}

/** Next message to send for a group, and the messages that it makes obsolete. */
export interface Next {
  id: string;
  message: Message;
  superseded: string[];
}

/** Returns the key of an alert's episode: an alert that fires again has a new one. */
export function episodeOf({ fingerprint, startsAt }: MessageAlert): string {
  return `${fingerprint}@${startsAt.getTime()}`;
}

/**
 * Returns the newest state that may replace all waiting ones before it. A firing state that was never delivered is replaced only by one in
 * which the same alerts still fire: its own acknowledgement or end never swallows a page. The state that is sent reports what ended in
 * those that are not.
 * @param waiting at least one, in order
 * @param notified episodes that fire as the channel knows it; null where it got nothing of the group yet
 */
export function nextOf(waiting: readonly [Waiting, ...Waiting[]], notified: ReadonlySet<string> | null): Next {
  let [head] = waiting;
  const superseded: string[] = [];
  for (const newer of waiting.slice(1)) {
    if (!standsFor(newer, head, notified)) break;
    superseded.push(head.id);
    head = { ...newer, message: carry(head.message, newer.message) };
  }
  return { id: head.id, message: head.message, superseded };
}

function standsFor(newer: Waiting, older: Waiting, notified: ReadonlySet<string> | null): boolean {
  if (!isState(newer.kind) || !isState(older.kind)) return false;
  if (older.groupId === null || older.groupId !== newer.groupId) return false;
  const { status } = newer.message;
  switch (older.message.status) {
    case "info":
      return false;
    case "resolved":
      return true;
    case "acknowledged":
      // PagerDuty keeps paging people until it is notified.
      return status === "acknowledged" || status === "resolved";
    case "firing":
      break;
  }
  const firing = firingOf(older.message);
  const untold = firing.filter((episode) => !notified?.has(episode));
  if (notified !== null && untold.length === 0) return true;
  const also = new Set(firingOf(newer.message));
  return (
    status === "firing" && isAsSevere(newer.message, older.message) && untold.every((episode) => also.has(episode))
  );
}

function isAsSevere(newer: Message, older: Message): boolean {
  return older.severity !== "page" || newer.severity === "page";
}

function firingOf({ alerts }: Message): string[] {
  return alerts.filter(({ status }) => status === "firing").map(episodeOf);
}

/** Returns the newer message with the resolutions that only the older one contains. */
function carry(older: Message, newer: Message): Message {
  const known = new Set(newer.alerts.map(({ fingerprint }) => fingerprint));
  const ended = older.alerts.filter(({ status, fingerprint }) => status === "resolved" && !known.has(fingerprint));
  return ended.length > 0 ? { ...newer, alerts: [...newer.alerts, ...ended] } : newer;
}
