"use server";

import { act } from "#app/_lib/action.ts";
import { addAction } from "#server/respond/incidents/actions/add-action.ts";
import type { AddAction, UpdateAction } from "#server/respond/incidents/actions/contract.ts";
import { updateAction } from "#server/respond/incidents/actions/update-action.ts";
import type {
  DeclareIncident,
  MoveIncident,
  SetIncidentSeverity,
  UpdateIncident,
} from "#server/respond/incidents/contract.ts";
import { declareIncident } from "#server/respond/incidents/declare-incident.ts";
import type { MergeIncident, SplitIncident } from "#server/respond/incidents/folding/contract.ts";
import { mergeIncident } from "#server/respond/incidents/folding/merge-incident.ts";
import { splitIncident } from "#server/respond/incidents/folding/split-incident.ts";
import type { LinkIncident, UnlinkIncident } from "#server/respond/incidents/links/contract.ts";
import { linkIncident } from "#server/respond/incidents/links/link-incident.ts";
import { unlinkIncident } from "#server/respond/incidents/links/unlink-incident.ts";
import { moveIncident } from "#server/respond/incidents/move-incident.ts";
import type { OfIncident, WaivePostMortem, WritePostMortem } from "#server/respond/incidents/post-mortems/contract.ts";
import { draftPostMortem } from "#server/respond/incidents/post-mortems/draft-post-mortem.ts";
import { waivePostMortem } from "#server/respond/incidents/post-mortems/waive-post-mortem.ts";
import { writePostMortem } from "#server/respond/incidents/post-mortems/write-post-mortem.ts";
import { setIncidentSeverity } from "#server/respond/incidents/set-severity.ts";
import { addNote } from "#server/respond/incidents/timeline/add-note.ts";
import type { AddNote, EditTimelineEvent } from "#server/respond/incidents/timeline/contract.ts";
import { editTimelineEvent } from "#server/respond/incidents/timeline/edit-timeline-event.ts";
import { updateIncident } from "#server/respond/incidents/update-incident.ts";

export async function declareAction(input: DeclareIncident) {
  return act(async (ctx) => {
    const { number } = await declareIncident(ctx, input);
    return { number };
  });
}

export async function moveAction(input: MoveIncident) {
  return act(async (ctx) => {
    await moveIncident(ctx, input);
  });
}

export async function setSeverityAction(input: SetIncidentSeverity) {
  return act(async (ctx) => {
    await setIncidentSeverity(ctx, input);
  });
}

export async function updateIncidentAction(input: UpdateIncident) {
  return act(async (ctx) => {
    await updateIncident(ctx, input);
  });
}

export async function mergeIncidentAction(input: MergeIncident) {
  return act(async (ctx) => {
    await mergeIncident(ctx, input);
  });
}

export async function splitIncidentAction(input: SplitIncident) {
  return act(async (ctx) => (await splitIncident(ctx, input)).number);
}

export async function linkAction(input: LinkIncident) {
  return act(async (ctx) => {
    await linkIncident(ctx, input);
  });
}

export async function unlinkAction(input: UnlinkIncident) {
  return act(async (ctx) => {
    await unlinkIncident(ctx, input);
  });
}

export async function addNoteAction(input: AddNote) {
  return act(async (ctx) => {
    await addNote(ctx, input);
  });
}

export async function editEventAction(input: EditTimelineEvent) {
  return act(async (ctx) => {
    await editTimelineEvent(ctx, input);
  });
}

export async function addActionAction(input: AddAction) {
  return act(async (ctx) => {
    await addAction(ctx, input);
  });
}

export async function updateActionAction(input: UpdateAction) {
  return act(async (ctx) => {
    await updateAction(ctx, input);
  });
}

export async function draftPostMortemAction(input: OfIncident) {
  return act(async (ctx) => {
    await draftPostMortem(ctx, input);
  });
}

export async function writePostMortemAction(input: WritePostMortem) {
  return act(async (ctx) => {
    await writePostMortem(ctx, input);
  });
}

export async function waivePostMortemAction(input: WaivePostMortem) {
  return act(async (ctx) => {
    await waivePostMortem(ctx, input);
  });
}
