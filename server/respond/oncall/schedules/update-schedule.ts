import { schedules } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type Schedule, UpdateSchedule } from "./contract.ts";
import { liveSchedule, loadSchedule, noSchedule } from "./load-schedule.ts";
import { readSchedule } from "./queries.ts";
import { refuseSchedule, shownSchedule } from "./refuse-schedule.ts";

/**
 * Updates the given fields; the person on call changes immediately. Overrides still take precedence over the new layers.
 * @throws DomainError "not-found", "conflict" for a name that is taken
 */
export async function updateSchedule(ctx: Context, input: UpdateSchedule): Promise<Schedule> {
  permit(ctx, "updateSchedule");
  const { scheduleId, ...changes } = UpdateSchedule.parse(input);
  return transact(ctx, async (ctx) => {
    const isIt = liveSchedule(ctx, scheduleId);
    const [row] = await ctx.db.select({ id: schedules.id }).from(schedules).where(isIt).for("update");
    if (!row) throw noSchedule();
    const now = { from: new Date() };
    const before = await loadSchedule(ctx, scheduleId, now);
    await refuseSchedule(ctx, changes, scheduleId);
    if (Object.values(changes).some((value) => value !== undefined))
      await ctx.db.update(schedules).set(changes).where(isIt);
    const after = await loadSchedule(ctx, scheduleId, now);
    await record(ctx, "schedule.updated", {
      subject: `schedule/${after.name}`,
      before: shownSchedule(before),
      after: shownSchedule(after),
    });
    await publish(ctx, "oncall", scheduleId);
    return readSchedule(ctx, { scheduleId });
  });
}
