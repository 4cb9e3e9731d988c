import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { WebDependencies } from "#server/http/server.ts";
import { ContactMethods } from "#server/platform/teams/people/contract.ts";
import { getContactMethods } from "#server/platform/teams/people/queries.ts";
import { setContactMethods } from "#server/platform/teams/people/set-contact-methods.ts";
import { addOverride } from "#server/respond/oncall/schedules/add-override.ts";
import { archiveSchedule } from "#server/respond/oncall/schedules/archive-schedule.ts";
import { readCalendar } from "#server/respond/oncall/schedules/calendar.ts";
import { cancelOverride } from "#server/respond/oncall/schedules/cancel-override.ts";
import * as contract from "#server/respond/oncall/schedules/contract.ts";
import { createSchedule } from "#server/respond/oncall/schedules/create-schedule.ts";
import {
  getSchedule,
  listOnCallNow,
  listSchedules,
  ownShift,
  previewSchedule,
} from "#server/respond/oncall/schedules/queries.ts";
import { removeCalendarAddress } from "#server/respond/oncall/schedules/remove-calendar-address.ts";
import { renewCalendarAddress } from "#server/respond/oncall/schedules/renew-calendar-address.ts";
import { swapShifts } from "#server/respond/oncall/schedules/swap-shifts.ts";
import { updateSchedule } from "#server/respond/oncall/schedules/update-schedule.ts";
import { route } from "./route.ts";

const params = z.object({ schedule: z.uuid() });
const path = "/on-call/schedules/:schedule";
const { Schedule, Override } = contract;

/** Registers the routes for on-call schedules with their layers, overrides, swaps and calendar URLs, and for contact methods. */
export function onCall(app: FastifyInstance, deps: WebDependencies): void {
  const Own = z.object({ shift: contract.OwnShift.nullable() });
  const Now = z.object({ onCall: z.array(contract.OnCallNow) });
  const now = { summary: "Get who is on call now and next in every schedule", response: Now };
  route(app, { method: "GET", path: "/on-call/now", ...now }, async ({ ctx }) => ({
    onCall: await listOnCallNow(ctx),
  }));
  const own = { summary: "Check whether the caller is on call, and until when", response: Own };
  route(app, { method: "GET", path: "/viewer/shift", ...own }, async ({ ctx }) => ({ shift: await ownShift(ctx) }));
  schedules(app);
  overrides(app);
  calendar(app, deps);
  const methods = { path: "/viewer/contact-methods", response: ContactMethods };
  const read = { summary: "Get the caller's contact methods and time zone" };
  route(app, { method: "GET", ...methods, ...read }, ({ ctx }) => getContactMethods(ctx));
  const set = { summary: "Set the caller's contact methods", body: ContactMethods };
  route(app, { method: "PUT", ...methods, ...set }, ({ ctx, body }) => setContactMethods(ctx, body));
}

function schedules(app: FastifyInstance): void {
  const List = z.object({ schedules: z.array(contract.ScheduleSummary) });
  const list = {
    summary: "List schedules with current on-call and coverage gaps of the next four weeks",
    response: List,
  };
  route(app, { method: "GET", path: "/on-call/schedules", ...list }, async ({ ctx }) => ({
    schedules: await listSchedules(ctx),
  }));
  const create = {
    summary: "Create a schedule",
    body: contract.CreateSchedule,
    response: Schedule,
    status: 201 as const,
  };
  route(app, { method: "POST", path: "/on-call/schedules", ...create }, ({ ctx, body }) => createSchedule(ctx, body));
  const preview = {
    summary: "Preview a schedule and its coverage gaps; nothing is saved",
    body: contract.PreviewSchedule,
    response: contract.Timeline,
  };
  route(app, { method: "POST", path: "/on-call/schedule-previews", ...preview }, ({ ctx, body }) =>
    previewSchedule(ctx, body),
  );
  const show = { summary: "Get a schedule with its shifts, two weeks from now by default", query: contract.Span };
  route(app, { method: "GET", path, params, ...show, response: Schedule }, ({ ctx, params, query }) =>
    getSchedule(ctx, { scheduleId: params.schedule, ...query }),
  );
  const body = contract.UpdateSchedule.omit({ scheduleId: true });
  const change = { summary: "Update a schedule; omitted fields are unchanged", body, response: Schedule };
  route(app, { method: "PATCH", path, params, ...change }, ({ ctx, params, body }) =>
    updateSchedule(ctx, { scheduleId: params.schedule, ...body }),
  );
  const query = contract.ArchiveSchedule.omit({ scheduleId: true });
  route(app, { method: "DELETE", path, params, summary: "Archive a schedule", query }, ({ ctx, params, query }) =>
    archiveSchedule(ctx, { scheduleId: params.schedule, ...query }),
  );
}

function overrides(app: FastifyInstance): void {
  const body = contract.AddOverride.omit({ scheduleId: true });
  const add = { summary: "Create an override", params, body, response: Override, status: 201 as const };
  route(app, { method: "POST", path: `${path}/overrides`, ...add }, ({ ctx, params, body }) =>
    addOverride(ctx, { scheduleId: params.schedule, ...body }),
  );
  const cancel = { summary: "Cancel an override", params: z.object({ override: z.uuid() }) };
  route(app, { method: "DELETE", path: "/on-call/overrides/:override", ...cancel }, ({ ctx, params }) =>
    cancelOverride(ctx, { overrideId: params.override }),
  );
  const Swapped = z.object({ overrides: z.array(Override) });
  const spans = contract.SwapShifts.omit({ scheduleId: true });
  const swap = { summary: "Swap shifts between two people", params, body: spans, response: Swapped };
  route(app, { method: "POST", path: `${path}/swaps`, ...swap, status: 201 }, async ({ ctx, params, body }) => ({
    overrides: await swapShifts(ctx, { scheduleId: params.schedule, ...body }),
  }));
}

/** The URL itself requires no session: calendar programs have none. */
function calendar(app: FastifyInstance, { db, config }: WebDependencies): void {
  const Address = z.object({ url: z.string() });
  const renew = {
    summary: "Generate a new calendar URL; the previous one is revoked",
    params,
    response: Address,
  };
  route(app, { method: "POST", path: `${path}/calendar-address`, ...renew, status: 201 }, async ({ ctx, params }) => {
    const { path } = await renewCalendarAddress(ctx, params.schedule);
    return { url: `${config.publicUrl}${path}` };
  });
  const remove = { summary: "Revoke the calendar URL", params };
  route(app, { method: "DELETE", path: `${path}/calendar-address`, ...remove }, ({ ctx, params }) =>
    removeCalendarAddress(ctx, params.schedule),
  );
  const query = z.object({ secret: z.string().min(1).max(100) });
  app.operations.push({
    method: "GET",
    path: `${path}/calendar.ics`,
    summary: "Get a schedule as iCalendar, authenticated by its secret URL",
    params,
    query,
    status: 200,
  });
  app.get(`${path}/calendar.ics`, { config: { isPublic: true } }, async (request, reply) => {
    const input = { ...params.parse(request.params), ...query.parse(request.query) };
    const text = await readCalendar(db, { scheduleId: input.schedule, secret: input.secret }, config.publicUrl);
    reply.type("text/calendar; charset=utf-8").header("cache-control", "private, max-age=300");
    return reply.send(text);
  });
}
