import { minuteMs } from "#server/base/durations.ts";
import type { Watchdog } from "./contract.ts";

interface Facts {
  intervalSeconds: number;
  /** Milliseconds since 1970, like all times here. */
  changedAt: number;
  lastDeliveredAt: number | null;
  now: number;
}

/** Decides whether a watchdog is delivered as often as it should be. A new one has the same time for its first delivery. */
export function watchdogState({ intervalSeconds, changedAt, lastDeliveredAt, now }: Facts): Watchdog["state"] {
  const allowedMs = 2 * intervalSeconds * 1000 + minuteMs;
  if (lastDeliveredAt !== null && now - lastDeliveredAt <= allowedMs) return "delivered";
  if (now - Math.max(changedAt, lastDeliveredAt ?? 0) <= allowedMs) return "waiting";
  return "late";
}
