import type { Context } from "#server/base/context.ts";
import { noteForGroup } from "#server/respond/incidents/note-for-group.ts";
import { endEscalation } from "#server/respond/oncall/escalation/end-escalation.ts";
import type { GroupSummary } from "../../alerting/alerts/contract.ts";
import { acknowledgementStep } from "../../alerting/alerts/groups/acknowledgement.ts";
import { setAcknowledgement } from "../../alerting/alerts/groups/change-group.ts";
import type { GroupChange } from "../../alerting/alerts/groups/refresh-groups.ts";
import { recordAlertEvents } from "../../alerting/alerts/history/record-alert-events.ts";
import { callAgain } from "./start-response.ts";

/**
 * Applies the immediate effects of a group's change, without waiting for its flush: updates the incident, and may end an escalation and
 * an acknowledgement.
 */
export async function notifyAfterChange(ctx: Context, { before, group, now }: GroupChange): Promise<void> {
  const { summary, acknowledgement } = group;
  const links = [{ rel: "alert" as const, href: `/alerts/groups/${group.id}`, text: "alert" }];
  const at = new Date(now);
  if (group.incidentId && before.firing > 0 && summary.firing === 0) {
    const title = `Resolved: ${summary.title}`;
    await noteForGroup(ctx, group.id, {
      at,
      kind: "alert",
      title,
      links,
      deduplicationKey: `resolved:${group.id}:${now}`,
    });
  }
  if (group.incidentId && before.firing === 0 && summary.firing > 0 && group.entry) {
    const title = `Firing again: ${summary.title}`;
    await noteForGroup(ctx, group.id, {
      at,
      kind: "alert",
      title,
      links,
      deduplicationKey: `again:${group.id}:${now}`,
    });
  }
  if (summary.firing === 0 && before.firing > 0) await endEscalation(ctx, group.id, "resolved", at);
  else if (isMuted(summary) && !isMuted(before)) await endEscalation(ctx, group.id, "silenced", at);
  // Its silence has ended and it still fires: the next notification may be hours away, so people are paged.
  else if (isMuted(before) && !isMuted(summary) && group.entry && !acknowledgement) await callAgain(ctx, group, now);
  if (!acknowledgement) return;
  const step = acknowledgementStep(acknowledgement, { firing: summary.firing, severity: summary.severity, now });
  if (step === "holds" || step === "remind") return;
  group.acknowledgement = null;
  await setAcknowledgement(ctx, group.id, null);
  const { id: groupId, groupKey } = group;
  const of = { groupId, groupKey, ruleKey: summary.ruleKey };
  await recordAlertEvents(ctx, [{ kind: "unack", ...of, data: { words: `acknowledgement ended: ${step}` } }], at);
}

function isMuted({ firing, muted }: GroupSummary): boolean {
  return firing > 0 && muted === firing;
}
