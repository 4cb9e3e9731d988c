import { scheduleOverrides } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { requirePeople } from "../../../platform/teams/people/find-people.ts";
import { AddOverride, Override } from "./contract.ts";
import { loadSchedule } from "./load-schedule.ts";

const maxDays = 92;

/**
 * Puts someone on call for a time range, regardless of the layers.
 * @throws DomainError "not-found", "invalid" for a range that is over, reversed or longer than 92 days
 */
export async function addOverride(ctx: Context, input: AddOverride): Promise<Override> {
  permit(ctx, "addOverride");
  const { scheduleId, userId, from, to, reason } = AddOverride.parse(input);
  refuseSpan({ from, to }, new Date());
  return transact(ctx, async (ctx) => {
    const { name } = await loadSchedule(ctx, scheduleId, { from });
    await requirePeople(ctx, [userId], "userId");
    const override = await writeOverride(ctx, { scheduleId, userId, from, to, reason });
    await record(ctx, "schedule.overridden", {
      subject: `schedule/${name}`,
      after: { userId, from, to },
      ...(reason && { reason }),
    });
    await publish(ctx, "oncall", scheduleId);
    return override;
  });
}

/** Validates the period of an override. @throws DomainError "invalid" */
export function refuseSpan({ from, to }: { from: Date; to: Date }, now: Date): void {
  const refuse = (message: string) => {
    throw new DomainError("invalid", message, { field: "to" });
  };
  if (to <= from) refuse("The end must be after the start.");
  if (to <= now) refuse("This period is in the past. Choose one that ends later.");
  if (to.getTime() - from.getTime() > maxDays * dayMs) {
    refuse(`An override can last at most ${maxDays} days. Change the layers instead.`);
  }
}

/** Inserts an override in the caller's transaction. */
export async function writeOverride(
  ctx: Context,
  values: { scheduleId: string; userId: string; from: Date; to: Date; reason: string },
): Promise<Override> {
  const [row] = await ctx.db
    .insert(scheduleOverrides)
    .values({ ...values, workspaceId: ctx.actor.workspaceId, createdBy: ctx.actor.name, createdAt: new Date() })
    .returning();
  return Override.parse(row);
}
