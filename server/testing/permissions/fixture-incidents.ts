import type { Context } from "#server/base/context.ts";
import { addAction } from "#server/respond/incidents/actions/add-action.ts";
import { declareIncident } from "#server/respond/incidents/declare-incident.ts";
import { linkIncident } from "#server/respond/incidents/links/link-incident.ts";
import { draftPostMortem } from "#server/respond/incidents/post-mortems/draft-post-mortem.ts";
import { createRunbook } from "#server/respond/incidents/runbooks/create-runbook.ts";
import { tickStep } from "#server/respond/incidents/runbooks/tick-step.ts";
import { addNote } from "#server/respond/incidents/timeline/add-note.ts";
import { newGroup } from "#server/testing/fixtures/incidents/testing.ts";

export const step = "Look at it";

/** Creates an incident with a note, an action, a draft and a runbook in use, and alerts without an incident. */
export async function burn(ctx: Context, secret: string) {
  const { id: runbookId } = await createRunbook(ctx, { name: "a-runbook", body: `${secret}\n\n- [ ] ${step}` });
  const { id: incidentId, number: incident } = await declareIncident(ctx, {
    title: secret,
    severity: "SEV2",
    runbookId,
    note: secret,
  });
  const { id: timelineEventId } = await addNote(ctx, { number: incident, title: secret });
  const { id: actionId } = await addAction(ctx, { number: incident, title: secret, kind: "prevent" });
  await draftPostMortem(ctx, { number: incident });
  await tickStep(ctx, { runbookId, subjectId: incidentId, step });
  const lonelyGroupId = await newGroup(ctx, { title: secret });
  const groupId = await newGroup(ctx, { title: secret });
  const splitGroupId = await newGroup(ctx, { title: secret });
  const { number: otherIncident } = await declareIncident(ctx, { title: secret, severity: "SEV3", groupId });
  await linkIncident(ctx, { number: otherIncident, kind: "alert-group", ref: splitGroupId });
  return { runbookId, incidentId, incident, otherIncident, splitGroupId, timelineEventId, actionId, lonelyGroupId };
}
