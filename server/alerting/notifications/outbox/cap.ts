import { hourMs, minuteMs } from "#server/base/durations.ts";
import type { Message } from "../contract.ts";

/** Beyond its cap, a channel gets news of the same page at most this often. */
const coalesceMs = minuteMs;

export interface CapFacts {
  severity: string;
  status: Message["status"];
  /** Whether the channel was told of this group before. */
  isNotified: boolean;
  /** When it was told of it last; null for never. */
  lastAt: Date | null;
  /** Whether it edits a message that stands there already, which nobody hears. */
  isEdit: boolean;
  /** Messages that the channel got in this hour. */
  sent: number;
  maxPerHour: number;
  now: Date;
}

/**
 * Whether a message goes to a channel that has had so many in this hour. Pages always do: the first at once, what follows of the same
 * page so rarely that newer states take the place of older ones. Of tickets, the end and the acknowledgement of what was told are let
 * through, since other systems wait for them.
 */
export function decideCap({
  severity,
  status,
  isNotified,
  lastAt,
  isEdit,
  sent,
  maxPerHour,
  now,
}: CapFacts): "send" | "hold" | { until: Date } {
  if (sent < maxPerHour || isEdit) return "send";
  const isEnd = status === "resolved" || status === "acknowledged";
  if (severity !== "page") return isNotified && isEnd ? "send" : "hold";
  const free = lastAt ? lastAt.getTime() + coalesceMs : 0;
  return free <= now.getTime() || isEnd ? "send" : { until: new Date(free) };
}

/** The hour of the clock that a moment is in, in UTC: a cap counts from its beginning. */
export function hourOf(now: Date): { from: Date; to: Date } {
  const from = Math.floor(now.getTime() / hourMs) * hourMs;
  return { from: new Date(from), to: new Date(from + hourMs) };
}
