import { enqueueNotification } from "#server/alerting/notifications/enqueue-notification.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { noteForGroup } from "#server/respond/incidents/note-for-group.ts";
import { reconcileEscalations } from "#server/respond/oncall/escalation/reconcile-escalations.ts";
import { type AlertGroup, UnacknowledgeGroup } from "../../alerting/alerts/contract.ts";
import { groupMessage } from "../../alerting/alerts/dispatch/group-message.ts";
import { setAcknowledgement } from "../../alerting/alerts/groups/change-group.ts";
import { findGroup, readMembers } from "../../alerting/alerts/groups/group-rows.ts";
import { publishGroups } from "../../alerting/alerts/groups/publish-groups.ts";
import { viewOf } from "../../alerting/alerts/groups/queries.ts";
import { recordAlertEvents } from "../../alerting/alerts/history/record-alert-events.ts";

/**
 * Unacknowledges a group: it is repeated, and the on-call engineer is paged again.
 * @throws DomainError "not-found"; "conflict" when it is not acknowledged
 */
export async function unacknowledgeGroup(
  ctx: Context,
  input: UnacknowledgeGroup,
  now = new Date(),
): Promise<AlertGroup> {
  permit(ctx, "unacknowledgeGroup");
  const { groupId, note } = UnacknowledgeGroup.parse(input);
  return transact(ctx, async (ctx) => {
    const group = await findGroup(ctx, groupId, true);
    if (!group.acknowledgement || group.endedAt) {
      throw new DomainError("conflict", "This group has not been acknowledged.");
    }
    await setAcknowledgement(ctx, groupId, null);
    const { name: actor } = ctx.actor;
    const { groupKey, receiver } = group;
    const { ruleKey, title, severity } = group.summary;
    const data = { words: `unacknowledged by ${actor}`, note };
    await recordAlertEvents(ctx, [{ kind: "unack", groupId, groupKey, ruleKey, actor, data }], now);
    await record(ctx, "alert.unacknowledged", { subject: `alert-group/${groupId}`, after: { title, note } });
    const without = { ...group, acknowledgement: null };
    const members = await readMembers(ctx, [groupId], now.getTime());
    const firing = members.filter(({ isFiring, muted }) => isFiring && muted === null);
    const message = groupMessage(without, firing, { reason: "", status: "firing" });
    const deduplicationKey = `unack:${groupId}:${now.getTime()}`;
    if (firing.length > 0) {
      await enqueueNotification(ctx, { to: { receiver }, kind: "group", severity, message, deduplicationKey, groupId });
    }
    await reconcileEscalations(ctx, [groupId], now.getTime());
    await noteForGroup(ctx, groupId, {
      at: now,
      kind: "note",
      title: `Unacknowledged: ${title}`,
      ...(note && { body: note }),
    });
    await publishGroups(ctx, [groupId]);
    return viewOf(ctx, without);
  });
}
