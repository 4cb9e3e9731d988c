import { dayMs, hourMs, minuteMs, weekMs } from "#server/base/durations.ts";
import type { IntegrityRange } from "./contract.ts";

export const rangeMs: Record<IntegrityRange, number> = {
  "1h": hourMs,
  "6h": 6 * hourMs,
  "24h": dayMs,
  "7d": weekMs,
  "30d": 30 * dayMs,
};

/** Step of a chart over the range: 12 to 30 steps. */
export const stepMs: Record<IntegrityRange, number> = {
  "1h": 5 * minuteMs,
  "6h": 15 * minuteMs,
  "24h": hourMs,
  "7d": 6 * hourMs,
  "30d": dayMs,
};
