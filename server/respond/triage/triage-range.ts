import { minuteMs } from "#server/base/durations.ts";
import { maxRangeMinutes, minRangeMinutes } from "./constants.ts";

interface Requested {
  minutes: number;
  until?: Date | undefined;
  since?: "deploy" | undefined;
}

/**
 * Returns the time range of the numbers and changes of a line, in milliseconds since 1970. One since the deployment that began too early or
 * after the end is as long as the limits allow. @param deployedAt last deployment of the endpoint; without one, the range has its length in minutes
 */
export function triageRange(
  { minutes, until, since }: Requested,
  deployedAt: number | undefined,
  now: number,
): { from: number; to: number } {
  const to = Math.min(now, until?.getTime() ?? now);
  const passed = since && deployedAt !== undefined ? (to - deployedAt) / minuteMs : minutes;
  return { from: to - Math.min(maxRangeMinutes, Math.max(minRangeMinutes, passed)) * minuteMs, to };
}
