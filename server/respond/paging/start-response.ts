import type { Context } from "#server/base/context.ts";
import { teamOf } from "#server/platform/teams/team-of.ts";
import { openIncident } from "#server/respond/incidents/open-incident.ts";
import { startEscalation } from "#server/respond/oncall/escalation/start-escalation.ts";
import type { FlushDecision } from "../../alerting/alerts/dispatch/decide-flush.ts";
import type { StoredGroup } from "../../alerting/alerts/groups/group-rows.ts";
import { recordAlertEvents } from "../../alerting/alerts/history/record-alert-events.ts";

/**
 * Starts the response to the first notification of a page, in the caller's transaction: an incident in triage, and an escalation. A group
 * that has an incident keeps it, and nothing is started while an escalation is active for it.
 */
export async function startResponse(
  ctx: Context,
  group: StoredGroup,
  { reason }: Pick<FlushDecision, "reason">,
  now: number,
): Promise<void> {
  const { summary, id: groupId, groupKey } = group;
  const isFirst = reason === "first notification" || (reason === "new alerts added" && !group.incidentId);
  if (summary.severity !== "page" || summary.firing === 0 || !isFirst) return;
  const { title, endpointId, runbookId, ruleKey, severity } = summary;
  const teamId = await teamOfGroup(ctx, group);
  const { id: ref, number } = await openIncident(ctx, {
    groupId,
    title,
    endpointId,
    teamId,
    runbookId,
    startedAt: new Date(summary.startsAt),
    detectedAt: new Date(now),
  });
  if (!group.acknowledgement) await startEscalation(ctx, { groupId, teamId, severity }, new Date(now));
  if (ref === group.incidentId) return;
  const data = { words: `linked to INC-${number}` };
  await recordAlertEvents(ctx, [{ kind: "linked", groupId, groupKey, ruleKey, ref, data }], new Date(now));
}

/** Pages people again about a page that is no longer acknowledged, from the first step on. */
export async function callAgain(ctx: Context, group: StoredGroup, now: number): Promise<void> {
  const { severity, firing } = group.summary;
  if (severity !== "page" || firing === 0) return;
  const teamId = await teamOfGroup(ctx, group);
  await startEscalation(ctx, { groupId: group.id, teamId, severity }, new Date(now));
}

/** Returns the team that the alert names, or else the team responsible for its endpoint. */
async function teamOfGroup(ctx: Context, { summary }: StoredGroup): Promise<string | null> {
  if (summary.teamId || !summary.endpointId) return summary.teamId;
  return (await teamOf(ctx, { endpointId: summary.endpointId }))?.id ?? null;
}
