import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs, minuteMs } from "#server/base/durations.ts";
import { meterMachines } from "./meter-machines.ts";
import { meterStorage } from "./meter-storage.ts";
import { meterUsage } from "./meter-usage.ts";

/**
 * Meters costs in a job, every minute: the capacity of machines and their usage. Gateways that were disconnected report their counts
 * later, so each run recounts two hours; every quarter of an hour a day, and once a day eight days, for which a gateway without
 * Postgres stores its counts.
 */
export async function meterCosts(ctx: Context, now = Date.now()): Promise<void> {
  await meterMachines(ctx.db);
  await meterUsage(ctx.db, { from: now - reachMs(now), to: now });
  if (isFirstMinuteOf(now, hourMs)) await meterStorage(ctx.db, now);
}

/** Returns how far back metering reaches, in milliseconds. */
export function reachMs(now: number): number {
  if (isFirstMinuteOf(now - 4 * hourMs, dayMs)) return 8 * dayMs;
  return isFirstMinuteOf(now, 15 * minuteMs) ? dayMs : hourMs;
}

function isFirstMinuteOf(now: number, lengthMs: number): boolean {
  return now % lengthMs < minuteMs;
}
