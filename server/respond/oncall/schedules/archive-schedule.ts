import { schedules } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { ArchiveSchedule } from "./contract.ts";
import { liveSchedule, noSchedule } from "./load-schedule.ts";

/** Archives a schedule: it puts no one on call any more, and its calendar URL becomes invalid. @throws DomainError "not-found" */
export async function archiveSchedule(ctx: Context, input: ArchiveSchedule): Promise<void> {
  permit(ctx, "archiveSchedule");
  const { scheduleId, reason } = ArchiveSchedule.parse(input);
  await transact(ctx, async (ctx) => {
    const [row] = await ctx.db
      .update(schedules)
      .set({ archivedAt: new Date(), calendarHash: null })
      .where(liveSchedule(ctx, scheduleId))
      .returning({ name: schedules.name });
    if (!row) throw noSchedule();
    await record(ctx, "schedule.archived", { subject: `schedule/${row.name}`, ...(reason && { reason }) });
    await publish(ctx, "oncall", scheduleId);
  });
}
