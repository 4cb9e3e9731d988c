import { hourMs, minuteMs } from "#server/base/durations.ts";
import type { Message } from "../contract.ts";

/** Minimum interval between messages about the same page once a channel has exceeded its cap. */
const coalesceMs = minuteMs;

export interface CapFacts {
  severity: string;
  status: Message["status"];
  /** Whether the channel was notified of this group before. */
  isNotified: boolean;
  /** Time of its last notification of the group; null for never. */
  lastAt: Date | null;
  /** Whether it edits an existing message, which does not notify anyone. */
  isEdit: boolean;
  /** Messages that the channel got in this hour. */
  sent: number;
  maxPerHour: number;
  now: Date;
}

/**
 * Decides whether the rate limit lets a message through to a channel. Pages always pass: the first one immediately, later ones of the
 * same page so rarely that newer states replace older ones. For notified tickets, resolution and acknowledgement pass, since other
 * systems wait for them.
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

/** Returns the clock hour that contains a moment, in UTC: a cap counts from its start. */
export function hourOf(now: Date): { from: Date; to: Date } {
  const from = Math.floor(now.getTime() / hourMs) * hourMs;
  return { from: new Date(from), to: new Date(from + hourMs) };
}
