import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { Instant } from "#server/base/instant.ts";
import { addAction } from "#server/respond/incidents/actions/add-action.ts";
import { AddAction, IncidentAction, UpdateAction } from "#server/respond/incidents/actions/contract.ts";
import { listActions } from "#server/respond/incidents/actions/queries.ts";
import { updateAction } from "#server/respond/incidents/actions/update-action.ts";
import { addNote } from "#server/respond/incidents/timeline/add-note.ts";
import {
  AddNote,
  EditTimelineEvent,
  PostedUpdate,
  PostUpdate,
  TimelineEvent,
  TimelineKind,
} from "#server/respond/incidents/timeline/contract.ts";
import { editTimelineEvent } from "#server/respond/incidents/timeline/edit-timeline-event.ts";
import { postUpdate } from "#server/respond/incidents/timeline/post-update.ts";
import { listTimeline } from "#server/respond/incidents/timeline/queries.ts";
import { incidentParams as params, incidentPath as path } from "./incidents.ts";
import { route } from "./route.ts";

const at = Instant.optional().describe("ISO 8601.");

/** Registers the routes for an incident's events, in order, and its follow-up actions. */
export function incidentTimeline(app: FastifyInstance): void {
  const query = z.object({ kind: TimelineKind.optional().describe("Only events of this type.") });
  const response = z.object({ events: z.array(TimelineEvent) });
  const list = { summary: "List the timeline of an incident, oldest first", params, query, response };
  route(app, { method: "GET", path: `${path}/timeline`, ...list }, async ({ ctx, params, query: { kind } }) => ({
    events: await listTimeline(ctx, { number: params.incident, ...(kind && { kinds: [kind] }) }),
  }));
  const note = { params, body: AddNote.omit({ number: true }).extend({ at }), response: TimelineEvent };
  const write = {
    summary: "Add an entry to an incident timeline",
    ...note,
    status: 201 as const,
    isRepeatable: true,
  };
  route(app, { method: "POST", path: `${path}/timeline`, ...write }, ({ ctx, params, body, idempotencyKey }) =>
    addNote(ctx, { number: params.incident, ...body }, idempotencyKey),
  );
  const post = {
    summary: "Post an update to the channels that were notified of an incident; pages no one",
    params,
    body: PostUpdate.omit({ number: true }),
    response: PostedUpdate,
    status: 201 as const,
    isRepeatable: true,
  };
  route(app, { method: "POST", path: `${path}/updates`, ...post }, ({ ctx, params, body, idempotencyKey }) =>
    postUpdate(ctx, { number: params.incident, ...body }, idempotencyKey),
  );
  const edit = {
    summary: "Edit a timeline event or mark it as the probable cause; the previous version is kept",
    params: params.extend({ event: z.coerce.number().int().positive() }),
    body: EditTimelineEvent.omit({ number: true, eventId: true }).extend({ at }),
    response: TimelineEvent,
  };
  route(app, { method: "PATCH", path: `${path}/timeline/:event`, ...edit }, ({ ctx, params, body }) =>
    editTimelineEvent(ctx, { number: params.incident, eventId: params.event, ...body }),
  );
  actions(app);
}

function actions(app: FastifyInstance): void {
  const query = z.object({
    incident: z.coerce.number().int().positive().optional().describe("Incident number."),
    open: z.stringbool().optional().describe("Only open or only completed actions."),
    limit: z.coerce.number().int().min(1).max(500).default(200),
  });
  const response = z.object({ actions: z.array(IncidentAction) });
  const list = { summary: "List actions, open and due first", query, response };
  route(
    app,
    { method: "GET", path: "/incident-actions", ...list },
    async ({ ctx, query: { incident, open, limit } }) => ({
      actions: await listActions(ctx, { number: incident, isOpen: open, limit }),
    }),
  );
  const add = { summary: "Add an action to an incident", params, body: AddAction.omit({ number: true }) };
  route(
    app,
    { method: "POST", path: `${path}/actions`, ...add, response: IncidentAction, status: 201, isRepeatable: true },
    ({ ctx, params, body, idempotencyKey }) => addAction(ctx, { number: params.incident, ...body }, idempotencyKey),
  );
  const change = {
    summary: "Update or complete an action; omitted fields are unchanged",
    params: z.object({ action: z.uuid() }),
    body: UpdateAction.omit({ actionId: true }),
    response: IncidentAction,
  };
  route(app, { method: "PATCH", path: "/incident-actions/:action", ...change }, ({ ctx, params, body }) =>
    updateAction(ctx, { actionId: params.action, ...body }),
  );
}
