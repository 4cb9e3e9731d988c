import { and, eq, isNull } from "drizzle-orm";
import { alertGroups } from "#db/schema/index.ts";
import { enqueueNotification } from "#server/alerting/notifications/enqueue-notification.ts";
import { type Context, transact } from "#server/base/context.ts";
import { groupMessage } from "../../alerting/alerts/dispatch/group-message.ts";
import { acknowledgementStep } from "../../alerting/alerts/groups/acknowledgement.ts";
import { repeatNow, setAcknowledgement } from "../../alerting/alerts/groups/change-group.ts";
import type { StoredGroup } from "../../alerting/alerts/groups/group-rows.ts";
import { publishGroups } from "../../alerting/alerts/groups/publish-groups.ts";
import { notifyAfterChange } from "../paging/notify-after-change.ts";

/**
 * Processes the expired acknowledgement of a group: first reminds the owner, and ten minutes later notifies everyone again, and the on-call
 * engineer. Does nothing while someone else changes the group.
 */
export function maintainAcknowledgement(ctx: Context, groupId: string, now: number): Promise<void> {
  return transact(ctx, async (ctx) => {
    const [group] = await ctx.db
      .select()
      .from(alertGroups)
      .where(
        and(
          eq(alertGroups.id, groupId),
          eq(alertGroups.workspaceId, ctx.actor.workspaceId),
          isNull(alertGroups.endedAt),
        ),
      )
      .for("update", { skipLocked: true });
    if (group) await tend(ctx, group, now);
  });
}

async function tend(ctx: Context, group: StoredGroup, now: number): Promise<void> {
  const { acknowledgement, summary, receiver, id: groupId } = group;
  if (!acknowledgement) return;
  const step = acknowledgementStep(acknowledgement, { ...summary, now });
  if (step === "holds") return;
  if (step === "remind") {
    await setAcknowledgement(ctx, groupId, { ...acknowledgement, remindedAt: now });
    const base = groupMessage(group, [], { reason: "", status: "info" });
    const line =
      "Your acknowledgement has expired. Acknowledge again within 10 minutes, or notifications and escalation resume.";
    const message = { ...base, title: `Still working on this? ${summary.title}`, lines: [line], groupKey: "" };
    const { userId } = acknowledgement;
    const to = userId ? { userId } : { receiver };
    const deduplicationKey = `ack-reminder:${groupId}:${acknowledgement.until}`;
    await enqueueNotification(ctx, {
      to,
      kind: "notice",
      severity: summary.severity,
      message,
      deduplicationKey,
      groupId,
    });
  } else {
    await notifyAfterChange(ctx, [{ before: summary, group: { ...group }, now }]);
    await repeatNow(ctx, group, now);
  }
  await publishGroups(ctx, [groupId]);
}
