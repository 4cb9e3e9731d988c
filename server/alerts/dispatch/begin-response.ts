import type { Context } from "#server/context.ts";
import { openIncident } from "#server/incidents/open-incident.ts";
import type { StoredGroup } from "../groups/group-rows.ts";
import { recordAlertEvents } from "../history/record-alert-events.ts";
import type { FlushDecision } from "./decide-flush.ts";

/**
 * What the first word of a page brings with it, in the caller's transaction: an incident in triage. A group that has one keeps it.
 */
export async function beginResponse(
  ctx: Context,
  group: StoredGroup,
  { reason }: Pick<FlushDecision, "reason">,
  now: number,
): Promise<void> {
  const { summary, id: groupId, groupKey } = group;
  const isFirst = reason === "first notification" || (reason === "new alerts added" && !group.incidentId);
  if (summary.severity !== "page" || summary.firing === 0 || !isFirst) return;
  const { title, endpointId, teamId, runbookId, ruleKey } = summary;
  const { id: ref, number } = await openIncident(ctx, {
    ...{ groupId, title, endpointId, teamId, runbookId },
    startedAt: new Date(summary.startsAt),
    detectedAt: new Date(now),
  });
  if (ref === group.incidentId) return;
  await recordAlertEvents(
    ctx,
    [{ kind: "linked", groupId, groupKey, ruleKey, ref, data: { words: `linked to INC-${number}` } }],
    new Date(now),
  );
}
