import type { Context } from "#server/base/context.ts";
import { noteForGroup } from "#server/respond/incidents/note-for-group.ts";
import { acknowledgementStep } from "../../alerting/alerts/groups/acknowledgement.ts";
import { setAcknowledgement } from "../../alerting/alerts/groups/change-group.ts";
import type { GroupChange } from "../../alerting/alerts/groups/refresh-groups.ts";
import { recordAlertEvents } from "../../alerting/alerts/history/record-alert-events.ts";
import { reconcileEscalations } from "../oncall/escalation/reconcile-escalations.ts";

/**
 * Applies the immediate effects of changes of groups, without waiting for their flush: ends acknowledgements, lets escalations follow, and
 * then notes the change in incidents.
 */
export async function notifyAfterChange(ctx: Context, changes: readonly GroupChange[]): Promise<void> {
  const [first] = changes;
  if (!first) return;
  for (const change of changes) await endAcknowledgement(ctx, change);
  await reconcileEscalations(
    ctx,
    changes.map(({ group }) => group.id),
    first.now,
  );
  for (const change of changes) await noteChange(ctx, change);
}

/** Ends an acknowledgement whose alerts are resolved, whose severity has increased or whose time has passed. */
async function endAcknowledgement(ctx: Context, { group, now }: GroupChange): Promise<void> {
  const { summary, acknowledgement } = group;
  if (!acknowledgement) return;
  const step = acknowledgementStep(acknowledgement, { firing: summary.firing, severity: summary.severity, now });
  if (step === "holds" || step === "remind") return;
  group.acknowledgement = null;
  await setAcknowledgement(ctx, group.id, null);
  const { id: groupId, groupKey } = group;
  const of = { groupId, groupKey, ruleKey: summary.ruleKey };
  const at = new Date(now);
  await recordAlertEvents(ctx, [{ kind: "unack", ...of, data: { words: `acknowledgement ended: ${step}` } }], at);
}

/** Notes in the group's incident that its alerts were resolved or fire again. */
async function noteChange(ctx: Context, { before, group, now }: GroupChange): Promise<void> {
  const { summary, id, incidentId, entry } = group;
  const isOver = before.firing > 0 && summary.firing === 0;
  const isAgain = before.firing === 0 && summary.firing > 0 && entry !== null;
  if (!incidentId || !(isOver || isAgain)) return;
  const title = `${isOver ? "Resolved" : "Firing again"}: ${summary.title}`;
  const links = [{ rel: "alert" as const, href: `/alerts/groups/${id}`, text: "alert" }];
  const deduplicationKey = `${isOver ? "resolved" : "again"}:${id}:${now}`;
  await noteForGroup(ctx, id, { at: new Date(now), kind: "alert", title, links, deduplicationKey });
}
