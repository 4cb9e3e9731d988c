import { schedules } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { CreateSchedule, type Schedule } from "./contract.ts";
import { loadSchedule } from "./load-schedule.ts";
import { readSchedule } from "./queries.ts";
import { refuseSchedule, shownSchedule } from "./refuse-schedule.ts";

/**
 * Creates a schedule, which puts people on call immediately according to its layers.
 * @throws DomainError "conflict" for a name that is taken, "not-found" for people or a team that do not exist
 */
export async function createSchedule(ctx: Context, input: CreateSchedule): Promise<Schedule> {
  permit(ctx, "createSchedule");
  const values = CreateSchedule.parse(input);
  return transact(ctx, async (ctx) => {
    const { workspaceId } = ctx.actor;
    await refuseSchedule(ctx, values);
    const [row] = await ctx.db
      .insert(schedules)
      .values({ ...values, workspaceId })
      .returning({ id: schedules.id });
    const id = row?.id as string;
    const stored = await loadSchedule(ctx, id, { from: new Date() });
    await record(ctx, "schedule.created", { subject: `schedule/${values.name}`, after: shownSchedule(stored) });
    await publish(ctx, "oncall", id);
    return readSchedule(ctx, { scheduleId: id });
  });
}
