import { enqueueNotification } from "#server/alerting/notifications/enqueue-notification.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { personOf } from "#server/platform/identity/person-of.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { noteForGroup } from "#server/respond/incidents/note-for-group.ts";
import { reconcileEscalations } from "#server/respond/oncall/escalation/reconcile-escalations.ts";
import { AcknowledgeGroup, type AlertGroup } from "../../alerting/alerts/contract.ts";
import { groupMessage } from "../../alerting/alerts/dispatch/group-message.ts";
import { acknowledge } from "../../alerting/alerts/groups/acknowledgement.ts";
import { setAcknowledgement } from "../../alerting/alerts/groups/change-group.ts";
import { findGroup, readMembers } from "../../alerting/alerts/groups/group-rows.ts";
import { publishGroups } from "../../alerting/alerts/groups/publish-groups.ts";
import { viewOf } from "../../alerting/alerts/groups/queries.ts";
import { recordAlertEvents } from "../../alerting/alerts/history/record-alert-events.ts";

/**
 * Acknowledges a group: no further pages and no repeats, until it is resolved, its severity rises or the time has passed. New and
 * resolved alerts are still notified. Notifies every channel. The first user owns it; later ones are recorded as also looking.
 * @throws DomainError "not-found"; "conflict" when nothing of it fires; "invalid" for a time in the past
 */
export async function acknowledgeGroup(ctx: Context, input: AcknowledgeGroup, now = Date.now()): Promise<AlertGroup> {
  permit(ctx, "acknowledgeGroup");
  const { groupId, note, until } = AcknowledgeGroup.parse(input);
  return transact(ctx, async (ctx) => {
    const group = await findGroup(ctx, groupId, true);
    if (until && until.getTime() <= now) {
      throw new DomainError("invalid", "The end time has passed. Choose one in the future.", { field: "until" });
    }
    const members = group.endedAt ? [] : await readMembers(ctx, [groupId], now);
    const firing = members.filter(({ isFiring }) => isFiring);
    if (firing.length === 0) {
      throw new DomainError("conflict", "No alerts in this group are firing, so there is nothing to acknowledge.");
    }
    const { name: by } = ctx.actor;
    const { severity, ruleKey, title } = group.summary;
    const { acknowledgement, isFirst } = acknowledge(group.acknowledgement, {
      by,
      note,
      severity,
      now,
      userId: await personOf(ctx),
      until: until?.getTime(),
      firing: firing.map(({ fingerprint }) => fingerprint),
    });
    await setAcknowledgement(ctx, groupId, acknowledgement);
    const hasIt = acknowledgement.by === by;
    const words = hasIt ? `acknowledged by ${by}` : `${by} is also investigating`;
    const data = { words, note, until: new Date(acknowledgement.until) };
    const { groupKey, receiver } = group;
    await recordAlertEvents(ctx, [{ kind: "ack", groupId, groupKey, ruleKey, actor: by, data }], new Date(now));
    await record(ctx, "alert.acknowledged", { subject: `alert-group/${groupId}`, after: { title, words, note } });
    if (hasIt) {
      const message = groupMessage({ ...group, acknowledgement }, firing, { reason: "", status: "acknowledged" });
      const deduplicationKey = `ack:${groupId}:${now}`;
      await enqueueNotification(ctx, {
        to: { receiver },
        kind: "acknowledged",
        severity,
        message,
        deduplicationKey,
        groupId,
      });
    }
    await reconcileEscalations(ctx, [groupId], now);
    if (isFirst) {
      const links = [{ rel: "alert" as const, href: `/alerts/groups/${groupId}`, text: "alert" }];
      const body = note === "" ? {} : { body: note };
      await noteForGroup(ctx, groupId, {
        at: new Date(now),
        kind: "ack",
        title: `Acknowledged: ${title}`,
        links,
        ...body,
        deduplicationKey: `ack:${groupId}:${acknowledgement.at}`,
      });
    }
    await publishGroups(ctx, [groupId]);
    return viewOf(ctx, { ...group, acknowledgement });
  });
}
