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
  /** Title of the group's first message to this channel; undefined for the first itself. */
  firstTitle?: string | undefined;
  /** Channel's response to the last message of the group; undefined before any response. */
  previous?: unknown;
  /** ID of the group that a button in the message acknowledges; undefined for channels without callbacks, or when already acknowledged. */
  acknowledges?: string | undefined;
  /** Time of sending. */
  at: Date;
}

/** Returns the public URL of a path on this host; complete URLs stay unchanged. */
export function absolute(publicUrl: string, path: string): string {
  return path.startsWith("/") ? `${publicUrl}${path}` : path;
}

/** Truncates a text to the given number of characters (UTF-16 as the receiving systems count), including an ellipsis. */
export function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

/** Returns a one-line title of an alert. */
export function alertTitle({ labels, annotations }: Message["alerts"][number]): string {
  return annotations.summary || labels.alertname || Object.values(labels).join(" ") || "Alert";
}

/** Sorts firing alerts before resolved ones, each the earliest first. */
export function inOrder(alerts: Message["alerts"]): Message["alerts"] {
  const ended = (status: string) => (status === "firing" ? 0 : 1);
  return alerts.toSorted(
    (one, other) => ended(one.status) - ended(other.status) || one.startsAt.getTime() - other.startsAt.getTime(),
  );
}
