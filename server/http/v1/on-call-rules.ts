import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { archiveTeam } from "#server/platform/teams/archive-team.ts";
import { ArchiveTeam, CreateTeam, Team, UpdateTeam } from "#server/platform/teams/contract.ts";
import { createTeam } from "#server/platform/teams/create-team.ts";
import { getTeam, listTeams } from "#server/platform/teams/queries.ts";
import { updateTeam } from "#server/platform/teams/update-team.ts";
import { sendTestPage } from "#server/respond/delivery/send-test-page.ts";
import { archivePolicy } from "#server/respond/oncall/escalation/archive-policy.ts";
import { callPerson } from "#server/respond/oncall/escalation/call-person.ts";
import {
  ArchivePolicy,
  CallPerson,
  CreatePolicy,
  EscalateNow,
  NextEscalation,
  Policy,
  TestPage,
  UpdatePolicy,
} from "#server/respond/oncall/escalation/contract.ts";
import { createPolicy } from "#server/respond/oncall/escalation/create-policy.ts";
import { escalateNow } from "#server/respond/oncall/escalation/escalate-now.ts";
import { getEscalationPolicy, listPolicies, nextEscalation } from "#server/respond/oncall/escalation/queries.ts";
import { updatePolicy } from "#server/respond/oncall/escalation/update-policy.ts";
import * as handover from "#server/respond/oncall/handover/contract.ts";
import { draftHandover, getShiftReport, listHandovers } from "#server/respond/oncall/handover/queries.ts";
import { saveHandover } from "#server/respond/oncall/handover/save-handover.ts";
import { route } from "./route.ts";

/** Registers the routes for teams and their models, escalation policies, and handover notes. */
export function onCallRules(app: FastifyInstance): void {
  teams(app);
  policies(app);
  calls(app);
  handovers(app);
}

function teams(app: FastifyInstance): void {
  const params = z.object({ team: z.uuid() });
  const list = {
    summary: "List teams with members and ownership",
    response: z.object({ teams: z.array(Team) }),
  };
  route(app, { method: "GET", path: "/teams", ...list }, async ({ ctx }) => ({ teams: await listTeams(ctx) }));
  const create = { summary: "Create a team", body: CreateTeam, response: Team, status: 201 as const };
  route(app, { method: "POST", path: "/teams", ...create }, ({ ctx, body }) => createTeam(ctx, body));
  const one = { path: "/teams/:team", params };
  route(app, { method: "GET", ...one, summary: "Get a team", response: Team }, ({ ctx, params }) =>
    getTeam(ctx, params.team),
  );
  const body = UpdateTeam.omit({ teamId: true });
  const change = { summary: "Update a team; omitted fields are unchanged", body, response: Team };
  route(app, { method: "PATCH", ...one, ...change }, ({ ctx, params, body }) =>
    updateTeam(ctx, { teamId: params.team, ...body }),
  );
  const query = ArchiveTeam.omit({ teamId: true });
  route(app, { method: "DELETE", ...one, summary: "Archive a team", query }, ({ ctx, params, query }) =>
    archiveTeam(ctx, { teamId: params.team, ...query }),
  );
}

function policies(app: FastifyInstance): void {
  const path = "/on-call/policies";
  const List = z.object({ policies: z.array(Policy) });
  const list = { summary: "List escalation policies, the default first", response: List };
  route(app, { method: "GET", path, ...list }, async ({ ctx }) => ({ policies: await listPolicies(ctx) }));
  const create = { summary: "Create an escalation policy", body: CreatePolicy, response: Policy, status: 201 as const };
  route(app, { method: "POST", path, ...create }, ({ ctx, body }) => createPolicy(ctx, body));
  const one = { path: `${path}/:policy`, params: z.object({ policy: z.uuid() }) };
  route(app, { method: "GET", ...one, summary: "Get an escalation policy", response: Policy }, ({ ctx, params }) =>
    getEscalationPolicy(ctx, params.policy),
  );
  const body = UpdatePolicy.omit({ policyId: true });
  const change = {
    summary: "Update an escalation policy; ongoing escalations keep their steps",
    body,
    response: Policy,
  };
  route(app, { method: "PATCH", ...one, ...change }, ({ ctx, params, body }) =>
    updatePolicy(ctx, { policyId: params.policy, ...body }),
  );
  const query = ArchivePolicy.omit({ policyId: true });
  route(app, { method: "DELETE", ...one, summary: "Archive an escalation policy", query }, ({ ctx, params, query }) =>
    archivePolicy(ctx, { policyId: params.policy, ...query }),
  );
}

function calls(app: FastifyInstance): void {
  const params = z.object({ group: z.uuid() });
  const Next = z.object({ next: NextEscalation.nullable() });
  const next = { summary: "Get the next escalation step of an alert group", params, response: Next };
  route(app, { method: "GET", path: "/alert-groups/:group/escalation", ...next }, async ({ ctx, params }) => ({
    next: await nextEscalation(ctx, params.group),
  }));
  const body = CallPerson.omit({ groupId: true });
  const call = { summary: "Page a person about an alert group", params, body, status: 202 as const };
  route(app, { method: "POST", path: "/alert-groups/:group/pages", ...call }, ({ ctx, params, body }) =>
    callPerson(ctx, { groupId: params.group, ...body }),
  );
  const now = {
    summary: "Execute the next escalation step of an alert group now",
    params,
    body: EscalateNow.omit({ groupId: true }),
    status: 202 as const,
  };
  route(app, { method: "POST", path: "/alert-groups/:group/escalation/steps", ...now }, ({ ctx, params, body }) =>
    escalateNow(ctx, { groupId: params.group, ...body }),
  );
  const test = {
    summary: "Send a test page to yourself through all your contact methods, at most once a minute",
    response: TestPage,
    status: 202 as const,
  };
  route(app, { method: "POST", path: "/on-call/test-pages", ...test }, ({ ctx }) => sendTestPage(ctx));
}

function handovers(app: FastifyInstance): void {
  const one = { params: z.object({ schedule: z.uuid() }), query: handover.OfShift.omit({ scheduleId: true }) };
  const path = "/on-call/schedules/:schedule";
  const draft = { summary: "Generate the draft handover note of a shift", ...one, response: handover.HandoverDraft };
  route(app, { method: "GET", path: `${path}/handover-draft`, ...draft }, ({ ctx, params, query }) =>
    draftHandover(ctx, { scheduleId: params.schedule, ...query }),
  );
  const report = { summary: "Get page statistics of a shift", ...one, response: handover.ShiftReport };
  route(app, { method: "GET", path: `${path}/shift-report`, ...report }, ({ ctx, params, query }) =>
    getShiftReport(ctx, { scheduleId: params.schedule, ...query }),
  );
  const List = z.object({ handovers: z.array(handover.HandoverNote) });
  const list = { summary: "List handover notes, newest shift first", query: handover.ListHandovers, response: List };
  route(app, { method: "GET", path: "/on-call/handovers", ...list }, async ({ ctx, query }) => ({
    handovers: await listHandovers(ctx, query),
  }));
  const save = {
    summary: "Save the handover note of a shift",
    params: one.params,
    body: handover.SaveHandover.omit({ scheduleId: true }),
    response: handover.HandoverNote,
  };
  route(app, { method: "PUT", path: `${path}/handover`, ...save }, ({ ctx, params, body }) =>
    saveHandover(ctx, { scheduleId: params.schedule, ...body }),
  );
}
