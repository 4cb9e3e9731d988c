import { listChanges } from "#server/respond/changes/queries.ts";
import { recordChange } from "#server/respond/changes/record-change.ts";
import { addAction } from "#server/respond/incidents/actions/add-action.ts";
import { listActions } from "#server/respond/incidents/actions/queries.ts";
import { updateAction } from "#server/respond/incidents/actions/update-action.ts";
import { declareIncident } from "#server/respond/incidents/declare-incident.ts";
import { mergeIncident } from "#server/respond/incidents/folding/merge-incident.ts";
import { splitIncident } from "#server/respond/incidents/folding/split-incident.ts";
import { getIncidentCurve } from "#server/respond/incidents/impact/curve-queries.ts";
import { linkIncident } from "#server/respond/incidents/links/link-incident.ts";
import { unlinkIncident } from "#server/respond/incidents/links/unlink-incident.ts";
import { moveIncident } from "#server/respond/incidents/move-incident.ts";
import { draftPostMortem } from "#server/respond/incidents/post-mortems/draft-post-mortem.ts";
import { getPostMortem, listPostMortemRevisions } from "#server/respond/incidents/post-mortems/queries.ts";
import { waivePostMortem } from "#server/respond/incidents/post-mortems/waive-post-mortem.ts";
import { writePostMortem } from "#server/respond/incidents/post-mortems/write-post-mortem.ts";
import { getIncident, listIncidents } from "#server/respond/incidents/queries.ts";
import { responseMetrics } from "#server/respond/incidents/response/queries.ts";
import { archiveRunbook } from "#server/respond/incidents/runbooks/archive-runbook.ts";
import { createRunbook } from "#server/respond/incidents/runbooks/create-runbook.ts";
import { getRunbook, listRunbooks } from "#server/respond/incidents/runbooks/queries.ts";
import { renderRunbook } from "#server/respond/incidents/runbooks/render-runbook.ts";
import { tickStep } from "#server/respond/incidents/runbooks/tick-step.ts";
import { untickStep } from "#server/respond/incidents/runbooks/untick-step.ts";
import { updateRunbook } from "#server/respond/incidents/runbooks/update-runbook.ts";
import { setIncidentSeverity } from "#server/respond/incidents/set-severity.ts";
import { similarIncidents } from "#server/respond/incidents/similar/queries.ts";
import { addNote } from "#server/respond/incidents/timeline/add-note.ts";
import { editTimelineEvent } from "#server/respond/incidents/timeline/edit-timeline-event.ts";
import { postUpdate } from "#server/respond/incidents/timeline/post-update.ts";
import { listTimeline } from "#server/respond/incidents/timeline/queries.ts";
import { updateIncident } from "#server/respond/incidents/update-incident.ts";
import type { Calls } from "./call.ts";
import { step } from "./fixture-incidents.ts";

const span = { from: new Date(0), to: new Date(Date.UTC(2100, 0)) };
const reason = "x";

/** Incidents, runbooks, and what changed. */
export const incidentsCalls = {
  listChanges: (ctx, { endpointId }) => listChanges(ctx, { endpointId, ...span }),
  recordChange: (ctx, { endpointId }) => recordChange(ctx, { endpointId, kind: "data", title: "x" }),
  listIncidents: (ctx, { endpointId }) => listIncidents(ctx, { endpointId }),
  getIncident: (ctx, { incident: number }) => getIncident(ctx, { number }),
  getIncidentCurve: (ctx, { incident: number }) => getIncidentCurve(ctx, { number }),
  declareIncident: (ctx, { lonelyGroupId: groupId, runbookId }) =>
    declareIncident(ctx, { title: "x", severity: "SEV3", groupId, runbookId }),
  moveIncident: (ctx, { incident: number }) => moveIncident(ctx, { number, to: "active", reason }),
  setIncidentSeverity: (ctx, { incident: number }) => setIncidentSeverity(ctx, { number, severity: "SEV1", reason }),
  updateIncident: (ctx, { incident: number, runbookId, userId: leadId }) =>
    updateIncident(ctx, { number, runbookId, leadId, cause: "deploy" }),
  mergeIncident: (ctx, { otherIncident: number, incident: into }) => mergeIncident(ctx, { number, into, reason }),
  splitIncident: (ctx, { otherIncident: number, splitGroupId }) =>
    splitIncident(ctx, { number, groupIds: [splitGroupId], reason }),
  linkIncident: (ctx, { incident: number, rolloutId: ref }) => linkIncident(ctx, { number, kind: "rollout", ref }),
  unlinkIncident: (ctx, { incident: number, rolloutId: ref }) => unlinkIncident(ctx, { number, kind: "rollout", ref }),
  listTimeline: (ctx, { incident: number }) => listTimeline(ctx, { number }),
  addNote: (ctx, { incident: number }) => addNote(ctx, { number, title: "x" }),
  postUpdate: (ctx, { incident: number }) => postUpdate(ctx, { number, text: "x" }),
  editTimelineEvent: (ctx, { incident: number, timelineEventId: eventId }) =>
    editTimelineEvent(ctx, { number, eventId, isProbableCause: true }),
  listActions: (ctx, { incident: number }) => listActions(ctx, { number }),
  addAction: (ctx, { incident: number, userId: ownerId }) =>
    addAction(ctx, { number, title: "x", kind: "detect", ownerId }),
  updateAction: (ctx, { actionId }) => updateAction(ctx, { actionId, isDone: true }),
  getPostMortem: (ctx, { incident: number }) => getPostMortem(ctx, { number }),
  listPostMortemRevisions: (ctx, { incident: number }) => listPostMortemRevisions(ctx, { number }),
  draftPostMortem: (ctx, { incident: number }) => draftPostMortem(ctx, { number }),
  writePostMortem: (ctx, { incident: number }) => writePostMortem(ctx, { number, body: "x", revision: 1 }),
  waivePostMortem: (ctx, { incident: number }) => waivePostMortem(ctx, { number, reason }),
  responseMetrics: (ctx, { endpointId }) => responseMetrics(ctx, { ...span, endpointId }),
  similarIncidents: (ctx, { endpointId, secret }) => similarIncidents(ctx, { endpointId, segment: secret }),
  listRunbooks: (ctx) => listRunbooks(ctx),
  getRunbook: (ctx, { runbookId }) => getRunbook(ctx, { runbookId }),
  createRunbook: (ctx) => createRunbook(ctx, { name: "x", body: "- [ ] x" }),
  updateRunbook: (ctx, { runbookId }) => updateRunbook(ctx, { runbookId, body: "- [ ] y", revision: 1 }),
  archiveRunbook: (ctx, { runbookId }) => archiveRunbook(ctx, { runbookId, reason }),
  renderRunbook: (ctx, { runbookId, incidentId: subjectId }) => renderRunbook(ctx, { runbookId, subjectId }),
  tickStep: (ctx, { runbookId, incidentId: subjectId }) => tickStep(ctx, { runbookId, subjectId, step }),
  untickStep: (ctx, { runbookId, incidentId: subjectId }) => untickStep(ctx, { runbookId, subjectId, step }),
} as const satisfies Calls;
