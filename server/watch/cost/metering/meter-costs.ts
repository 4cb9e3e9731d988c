import type { Context } from "#server/base/context.ts";
import { databaseNow } from "#server/base/database-now.ts";
import { dayMs, hourMs, minuteMs } from "#server/base/durations.ts";
import { type Attempt, attemptOnce } from "#server/platform/jobs/watcher.ts";
import { meterMachines } from "./meter-machines.ts";
import { meterStorage } from "./meter-storage.ts";
import { meterUsage } from "./meter-usage.ts";

/**
 * Meters costs in a job, every minute: the capacity of machines and their usage. Gateways that were disconnected report their counts
 * later, so each run recounts two hours; every quarter of an hour a day, and once a day eight days, for which a gateway without
 * Postgres stores its counts.
 */
export async function meterCosts(ctx: Context, at?: number, attempt: Attempt = attemptOnce): Promise<void> {
  const now = at ?? (await databaseNow(ctx.db));
  await attempt({ id: "machines" }, () => meterMachines(ctx.db));
  await attempt({ id: "usage" }, () => meterUsage(ctx.db, { from: now - reachMs(now), to: now }));
  if (isFirstMinuteOf(now, hourMs)) await attempt({ id: "storage" }, () => meterStorage(ctx.db, now));
}

/** Returns how far back metering reaches, in milliseconds. */
export function reachMs(now: number): number {
  if (isFirstMinuteOf(now - 4 * hourMs, dayMs)) return 8 * dayMs;
  return isFirstMinuteOf(now, 15 * minuteMs) ? dayMs : hourMs;
}

function isFirstMinuteOf(now: number, lengthMs: number): boolean {
  return now % lengthMs < minuteMs;
}
