import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs, minuteMs } from "#server/base/durations.ts";
import { meterMachines } from "./meter-machines.ts";
import { meterStorage } from "./meter-storage.ts";
import { meterUsage } from "./meter-usage.ts";

/**
 * Job, every minute: what machines had and what ran on them. Gateways that were cut off tell later what they counted, so each look counts two
 * hours again; every quarter of an hour a day, and once a day eight days, in which a gateway without Postgres keeps its counts.
 */
export async function meterCosts(ctx: Context, now = Date.now()): Promise<void> {
  await meterMachines(ctx.db);
  await meterUsage(ctx.db, { from: now - reachMs(now), to: now });
  if (isFirstMinuteOf(now, hourMs)) await meterStorage(ctx.db, now);
}

/** How far back a look reaches. */
export function reachMs(now: number): number {
  if (isFirstMinuteOf(now - 4 * hourMs, dayMs)) return 8 * dayMs;
  return isFirstMinuteOf(now, 15 * minuteMs) ? dayMs : hourMs;
}

function isFirstMinuteOf(now: number, lengthMs: number): boolean {
  return now % lengthMs < minuteMs;
}
