import type { Message, NotificationKind } from "../contract.ts";

/** A message on its way to one channel, and what that needs of messages before it. */
export interface Outgoing {
  /** The notification's: the same at every try. */
  id: string;
  kind: NotificationKind;
  message: Message;
  /** Names what it is about to the other side: key of the group, or id of the incident or the message. */
  key: string;
  /** Names the thread that it belongs to: one episode of a group. */
  thread: string;
  /** Of the first message of the group to this channel; undefined for the first itself. */
  firstTitle?: string | undefined;
  /** What the channel answered to the last message of the group; undefined before it answered any. */
  previous?: unknown;
  /** Id of the group that a button in the message takes; undefined where nothing comes back, or somebody has it. */
  acknowledges?: string | undefined;
  /** When it is sent. */
  at: Date;
}

/** An address on this host as the outside reaches it; one that is whole already stays. */
export function absolute(publicUrl: string, path: string): string {
  return path.startsWith("/") ? `${publicUrl}${path}` : path;
}

/** Cut to so many characters (UTF-16 as the receiving systems count), with an ellipsis in their place. */
export function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

/** What an alert is called in one line. */
export function alertTitle({ labels, annotations }: Message["alerts"][number]): string {
  return annotations.summary || labels.alertname || Object.values(labels).join(" ") || "Alert";
}

/** Alerts that fire before those that ended, each the longest first. */
export function inOrder(alerts: Message["alerts"]): Message["alerts"] {
  const ended = (status: string) => (status === "firing" ? 0 : 1);
  return alerts.toSorted(
    (one, other) => ended(one.status) - ended(other.status) || one.startsAt.getTime() - other.startsAt.getTime(),
  );
}
