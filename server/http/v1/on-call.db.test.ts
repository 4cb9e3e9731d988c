import { expect, test } from "vitest";
import { asPerson, newGroup, newPerson } from "#server/testing/fixtures/oncall/testing.ts";
import { as, inWorkspace } from "#server/testing/testing.ts";
import { clientOf } from "../../testing/fixtures/http/v1/testing.ts";

const start = "2026-05-04T09:00";

test(
  "creates a team, a policy and a schedule by REST alone, and shows viewers who is on call",
  inWorkspace(async (ctx) => {
    const client = await clientOf(ctx, { db: ctx.db });
    const viewer = await clientOf(as(ctx, "viewer"));
    const [ines, tomasz] = [await newPerson(ctx, "Ines"), await newPerson(ctx, "Tomasz")];
    const steps = [{ waitMinutes: 0, notify: [{ kind: "team", who: "on-call" }] }];
    const policy = await client("POST", "/on-call/policies", { name: "Loud", steps, repeats: 2 });
    expect(policy).toMatchObject({
      status: 201,
      body: { words: ["Immediately: on-call engineer.", expect.any(String)] },
    });
    const input = { name: "Parcels", escalationPolicyId: policy.body.id, members: [{ userId: ines, part: "lead" }] };
    const team = await client("POST", "/teams", input);
    expect(team).toMatchObject({ status: 201, body: { policy: { name: "Loud" }, members: [{ part: "lead" }] } });
    expect((await viewer("POST", "/teams", { name: "x" })).status).toBe(403);
    const layers = [{ name: "Weeks", userIds: [ines, tomasz], start, every: { unit: "week", count: 1 } }];
    const preview = await viewer("POST", "/on-call/schedule-previews", { timeZone: "Europe/Lisbon", layers });
    expect(preview).toMatchObject({ status: 200, body: { gaps: [], warnings: [] } });
    const made = { name: "Parcels", timeZone: "Europe/Lisbon", teamId: team.body.id, layers };
    const { body } = await client("POST", "/on-call/schedules", made);
    const path = `/on-call/schedules/${body.id}`;
    const now = (await viewer("GET", "/on-call/now")).body.onCall;
    expect(now).toMatchObject([{ schedule: "Parcels", team: "Parcels", now: { until: expect.any(String) } }]);
    const span = { from: new Date(Date.now() + 1000), to: new Date(Date.now() + 3_600_000) };
    const override = await client("POST", `${path}/overrides`, { userId: tomasz, ...span });
    expect(override.status).toBe(201);
    expect((await viewer("GET", path)).body.overrides).toHaveLength(1);
    expect((await client("DELETE", `/on-call/overrides/${override.body.id}`)).status).toBe(204);
    const { url } = (await client("POST", `${path}/calendar-address`)).body;
    const calendar = await client("GET", url.replace("http://leeway.test/api/v1", ""));
    expect(calendar).toMatchObject({ status: 200, headers: { "content-type": "text/calendar; charset=utf-8" } });
    expect(calendar.body.toString()).toContain("BEGIN:VEVENT");
    expect((await client("GET", `${path}/calendar.ics?secret=wrong`)).status).toBe(404);
    const groupId = await newGroup(ctx);
    expect((await client("POST", `/alert-groups/${groupId}/pages`, { userId: ines })).status).toBe(202);
    expect((await viewer("GET", `/alert-groups/${groupId}/escalation`)).body).toEqual({ next: null });
    expect((await viewer("GET", `${path}/shift-report`)).body).toMatchObject({ precision: null });
    const nextStep = `/alert-groups/${groupId}/escalation/steps`;
    expect((await viewer("POST", nextStep, { step: 1 })).status).toBe(403);
    expect((await client("POST", nextStep, { step: 0 })).status).toBe(400);
    // Nothing escalates: the caller pages a person instead.
    expect((await client("POST", nextStep, { step: 1 })).status).toBe(409);
    const own = await clientOf(asPerson(ctx, ines, "Ines", "viewer"));
    expect(await own("POST", "/on-call/test-pages")).toMatchObject({ status: 202, body: { methods: 1 } });
    expect((await own("POST", "/on-call/test-pages")).status).toBe(409);
    const draft = (await viewer("GET", `${path}/handover-draft`)).body;
    const note = { shiftFrom: draft.shift.from, shiftTo: draft.shift.to, body: draft.body };
    expect((await client("PUT", `${path}/handover`, note)).status).toBe(200);
    expect((await viewer("GET", "/on-call/handovers")).body.handovers).toHaveLength(1);
    expect((await client("DELETE", `${path}?reason=merged`)).status).toBe(204);
  }),
);
