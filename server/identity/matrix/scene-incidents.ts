import type { Context } from "#server/context.ts";
import { addAction } from "#server/incidents/actions/add-action.ts";
import { declareIncident } from "#server/incidents/declare-incident.ts";
import { draftPostMortem } from "#server/incidents/post-mortems/draft-post-mortem.ts";
import { newGroup } from "#server/incidents/testing.ts";
import { addNote } from "#server/incidents/timeline/add-note.ts";
import { createRunbook } from "#server/runbooks/create-runbook.ts";
import { tickStep } from "#server/runbooks/tick-step.ts";

export const step = "Look at it";

/** An incident with a note, an action and a draft, a runbook that is followed for it, and alerts that have no incident. */
export async function burn(ctx: Context, secret: string) {
  const { id: runbookId } = await createRunbook(ctx, { name: "a-runbook", body: `${secret}\n\n- [ ] ${step}` });
  const { id: incidentId, number: incident } = await declareIncident(ctx, {
    ...{ title: secret, severity: "SEV2", runbookId },
    note: secret,
  });
  const { id: timelineEventId } = await addNote(ctx, { number: incident, title: secret });
  const { id: actionId } = await addAction(ctx, { number: incident, title: secret, kind: "prevent" });
  await draftPostMortem(ctx, { number: incident });
  await tickStep(ctx, { runbookId, subjectId: incidentId, step });
  const lonelyGroupId = await newGroup(ctx, { title: secret });
  return { runbookId, incidentId, incident, timelineEventId, actionId, lonelyGroupId };
}
