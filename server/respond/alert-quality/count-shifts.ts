import type { Context } from "#server/base/context.ts";
import { loadSchedules } from "#server/respond/oncall/schedules/load-schedule.ts";
import { shiftsOf } from "#server/respond/oncall/schedules/shifts-of.ts";

/** Shifts of all schedules in a span, as they are set now: one for each turn of each person, which overrides may cut. */
export async function countShifts(ctx: Context, span: { from: Date; to: Date }): Promise<number> {
  const schedules = await loadSchedules(ctx, span);
  return schedules.reduce((sum, schedule) => sum + shiftsOf(schedule, schedule.overrides, span).length, 0);
}
