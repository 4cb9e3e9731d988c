import { and, eq, isNull } from "drizzle-orm";
import { scheduleOverrides } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { CancelOverride } from "./contract.ts";

/** Cancels an override: the layers apply again. An active one keeps its past part. @throws DomainError "not-found" */
export async function cancelOverride(ctx: Context, input: CancelOverride): Promise<void> {
  permit(ctx, "cancelOverride");
  const { overrideId } = CancelOverride.parse(input);
  await transact(ctx, async (ctx) => {
    const now = new Date();
    const isIt = and(
      eq(scheduleOverrides.id, overrideId),
      eq(scheduleOverrides.workspaceId, ctx.actor.workspaceId),
      isNull(scheduleOverrides.cancelledAt),
    );
    const [override] = await ctx.db.select().from(scheduleOverrides).where(isIt).for("update");
    if (!override || override.to <= now) {
      throw new DomainError(
        "not-found",
        "Override not found, or it has already ended. See the schedule for active overrides.",
      );
    }
    const change = override.from < now ? { to: now } : { cancelledAt: now };
    await ctx.db.update(scheduleOverrides).set(change).where(isIt);
    const { userId, from, to, scheduleId } = override;
    await record(ctx, "schedule.override-cancelled", {
      subject: `schedule/${scheduleId}`,
      before: { userId, from, to },
    });
    await publish(ctx, "oncall", scheduleId);
  });
}
