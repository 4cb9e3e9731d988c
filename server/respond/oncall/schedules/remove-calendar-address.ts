import { schedules } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { liveSchedule, noSchedule } from "./load-schedule.ts";

/** Stops the address for calendar programs. @throws DomainError "not-found" */
export async function removeCalendarAddress(ctx: Context, scheduleId: string): Promise<void> {
  permit(ctx, "removeCalendarAddress");
  await transact(ctx, async (ctx) => {
    const [row] = await ctx.db
      .update(schedules)
      .set({ calendarHash: null })
      .where(liveSchedule(ctx, scheduleId))
      .returning({ name: schedules.name });
    if (!row) throw noSchedule();
    await record(ctx, "schedule.calendar-address-removed", { subject: `schedule/${row.name}` });
    await publish(ctx, "oncall", scheduleId);
  });
}
