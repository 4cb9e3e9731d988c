import { eq } from "drizzle-orm";
import { schedules } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import type { Shift } from "./contract.ts";
import { loadSchedules } from "./load-schedule.ts";
import { shiftAround, turnAt } from "./turn-at.ts";

export interface CurrentShift extends Shift {
  scheduleId: string;
  schedule: string;
  /** End of the complete turn, which may span further shifts; null where no one else follows. */
  until: Date | null;
}

/** Overrides that ended long ago cut no shift that is still going on. */
const lookbackMs = 400 * dayMs;

/**
 * Returns the current shift of a schedule, or a person's current shift that ends first.
 * @returns null in a gap, or while the person is not on call
 */
export async function currentShift(
  ctx: Context,
  of: { scheduleId: string } | { userId: string },
  now = new Date(),
): Promise<CurrentShift | null> {
  const where = "scheduleId" in of ? eq(schedules.id, of.scheduleId) : undefined;
  const stored = await loadSchedules(ctx, { where, from: new Date(now.getTime() - lookbackMs) });
  const shifts = stored.flatMap((schedule): CurrentShift[] => {
    const { current } = turnAt(schedule, schedule.overrides, now);
    if (!current || ("userId" in of && current.userId !== of.userId)) return [];
    const shift = shiftAround(schedule, schedule.overrides, now);
    return shift ? [{ ...shift, scheduleId: schedule.id, schedule: schedule.name, until: current.to }] : [];
  });
  return shifts.sort((a, b) => a.to.getTime() - b.to.getTime())[0] ?? null;
}
