import { and, eq, isNull } from "drizzle-orm";
import { escalations } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { EscalateNow } from "./contract.ts";
import { findGroup } from "./find-group.ts";
import { lockGroupNow } from "./reconcile-escalations.ts";

/**
 * Makes the next step of a group's escalation due immediately; later steps keep their distance from it. The worker executes it.
 * @throws DomainError "not-found"; "conflict" when no escalation is in progress, or the step was executed already
 */
export async function escalateNow(ctx: Context, input: EscalateNow): Promise<void> {
  permit(ctx, "escalateNow");
  const { groupId, step, reason } = EscalateNow.parse(input);
  await findGroup(ctx, groupId);
  await transact(ctx, async (ctx) => {
    // The group is locked before its escalation everywhere.
    if (!(await lockGroupNow(ctx, groupId))) {
      throw new DomainError("conflict", "The alert is being changed. Try again.");
    }
    const isThis = and(
      eq(escalations.workspaceId, ctx.actor.workspaceId),
      eq(escalations.groupId, groupId),
      isNull(escalations.endedAt),
    );
    const [row] = await ctx.db.select().from(escalations).where(isThis).for("update");
    if (!row?.nextAt) throw new DomainError("conflict", "No escalation is in progress. Page a person instead.");
    if (row.step + 1 !== step) throw new DomainError("conflict", `Step ${step} was executed already. Reload the page.`);
    const now = new Date();
    if (row.nextAt <= now) return;
    await ctx.db.update(escalations).set({ nextAt: now }).where(isThis);
    await record(ctx, "escalation.advanced", {
      subject: `alert-group/${groupId}`,
      after: { step },
      ...(reason && { reason }),
    });
    await publish(ctx, "oncall", row.id);
  });
}
