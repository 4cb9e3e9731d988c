import { dayMs, hourMs } from "#server/base/durations.ts";
import { archiveTeam } from "#server/platform/teams/archive-team.ts";
import { createTeam } from "#server/platform/teams/create-team.ts";
import { getContactMethods } from "#server/platform/teams/people/queries.ts";
import { setContactMethods } from "#server/platform/teams/people/set-contact-methods.ts";
import { getTeam, listTeams } from "#server/platform/teams/queries.ts";
import { updateTeam } from "#server/platform/teams/update-team.ts";
import { archivePolicy } from "#server/respond/oncall/escalation/archive-policy.ts";
import { callPerson } from "#server/respond/oncall/escalation/call-person.ts";
import { createPolicy } from "#server/respond/oncall/escalation/create-policy.ts";
import { escalateNow } from "#server/respond/oncall/escalation/escalate-now.ts";
import { getEscalationPolicy, listPolicies, nextEscalation } from "#server/respond/oncall/escalation/queries.ts";
import { runEscalationStep } from "#server/respond/oncall/escalation/run-step.ts";
import { updatePolicy } from "#server/respond/oncall/escalation/update-policy.ts";
import { draftHandover, getShiftReport, listHandovers } from "#server/respond/oncall/handover/queries.ts";
import { saveHandover } from "#server/respond/oncall/handover/save-handover.ts";
import { addOverride } from "#server/respond/oncall/schedules/add-override.ts";
import { archiveSchedule } from "#server/respond/oncall/schedules/archive-schedule.ts";
import { cancelOverride } from "#server/respond/oncall/schedules/cancel-override.ts";
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
import type { Calls } from "./call.ts";

const timeZone = "UTC";
const start = "2026-01-05T09:00";
const step = { waitMinutes: 0, notify: [{ kind: "team", who: "leads" }] } as const;
const steps = [{ ...step, notify: [...step.notify] }];
const layersOf = (userId: string) => [
  { name: "Primary", userIds: [userId], start, every: { unit: "day" as const, count: 1 } },
];
const span = (days: number) => ({
  from: new Date(Date.now() + days * dayMs),
  to: new Date(Date.now() + days * dayMs + hourMs),
});

/** Calls for teams, schedules, policies and pages. */
export const oncallCalls = {
  listTeams: (ctx) => listTeams(ctx),
  getTeam: (ctx, { teamId }) => getTeam(ctx, teamId),
  createTeam: (ctx, { userId, model, endpoint }) =>
    createTeam(ctx, { name: "new", members: [{ userId }], models: [model], endpoints: [endpoint] }),
  updateTeam: (ctx, { teamId }) => updateTeam(ctx, { teamId, description: "new" }),
  archiveTeam: (ctx, { teamId }) => archiveTeam(ctx, { teamId }),
  listSchedules: (ctx) => listSchedules(ctx),
  getSchedule: (ctx, { scheduleId }) => getSchedule(ctx, { scheduleId }),
  previewSchedule: (ctx, { scheduleId, userId }) =>
    previewSchedule(ctx, { scheduleId, timeZone, layers: layersOf(userId) }),
  listOnCallNow: (ctx) => listOnCallNow(ctx),
  ownShift: (ctx) => ownShift(ctx),
  createSchedule: (ctx, { userId, teamId }) =>
    createSchedule(ctx, { name: "new", timeZone, teamId, layers: layersOf(userId) }),
  updateSchedule: (ctx, { scheduleId }) => updateSchedule(ctx, { scheduleId, timeZone }),
  archiveSchedule: (ctx, { scheduleId }) => archiveSchedule(ctx, { scheduleId }),
  addOverride: (ctx, { scheduleId, userId }) => addOverride(ctx, { scheduleId, userId, ...span(1) }),
  cancelOverride: (ctx, { overrideId }) => cancelOverride(ctx, { overrideId }),
  swapShifts: (ctx, { scheduleId }) => swapShifts(ctx, { scheduleId, first: span(3), second: span(10) }),
  renewCalendarAddress: (ctx, { scheduleId }) => renewCalendarAddress(ctx, scheduleId),
  removeCalendarAddress: (ctx, { scheduleId }) => removeCalendarAddress(ctx, scheduleId),
  getContactMethods: (ctx) => getContactMethods(ctx),
  setContactMethods: (ctx) => setContactMethods(ctx, { methods: [{ kind: "email" }], timeZone }),
  listPolicies: (ctx) => listPolicies(ctx),
  getEscalationPolicy: (ctx, { policyId }) => getEscalationPolicy(ctx, policyId),
  createPolicy: (ctx) => createPolicy(ctx, { name: "new", steps }),
  updatePolicy: (ctx, { policyId }) => updatePolicy(ctx, { policyId, repeats: 1 }),
  archivePolicy: (ctx, { policyId }) => archivePolicy(ctx, { policyId }),
  nextEscalation: (ctx, { calledGroupId }) => nextEscalation(ctx, calledGroupId),
  escalateNow: (ctx, { calledGroupId }) => escalateNow(ctx, { groupId: calledGroupId, step: 1 }),
  callPerson: (ctx, { calledGroupId, userId }) => callPerson(ctx, { groupId: calledGroupId, userId }),
  draftHandover: (ctx, { scheduleId }) => draftHandover(ctx, { scheduleId }),
  getShiftReport: (ctx, { scheduleId }) => getShiftReport(ctx, { scheduleId }),
  listHandovers: (ctx) => listHandovers(ctx),
  saveHandover: (ctx, { scheduleId }) =>
    saveHandover(ctx, { scheduleId, shiftFrom: span(0).from, shiftTo: span(0).to, body: "new" }),
  runEscalationStep: (ctx, { escalationId }) => runEscalationStep(ctx, escalationId),
} as const satisfies Calls;
