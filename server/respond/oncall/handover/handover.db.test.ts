import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { alertEvents, alertVerdicts, incidents, notifications, silences } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { as, inWorkspace } from "#server/testing/testing.ts";
import { setContactMethods } from "../../../platform/teams/people/set-contact-methods.ts";
import { asPerson, newGroup, newPerson, newSchedule } from "../../../testing/fixtures/oncall/testing.ts";
import { runEscalationStep } from "../escalation/run-step.ts";
import { startEscalation } from "../escalation/start-escalation.ts";
import { currentShift } from "../schedules/current-shift.ts";
import { draftHandover, getShiftReport, listHandovers } from "./queries.ts";
import { saveHandover } from "./save-handover.ts";

/** Pages the on-call engineer about a group, and sets the time of delivery. */
async function page(ctx: Context, groupId: string, at: Date): Promise<void> {
  const id = (await startEscalation(ctx, { groupId, teamId: null, severity: "page" })) as string;
  await runEscalationStep(ctx, id);
  await ctx.db.update(notifications).set({ deliveredAt: at }).where(eq(notifications.groupId, groupId));
}

async function setUpFixture(ctx: Context) {
  const [ines, tomasz] = [await newPerson(ctx, "Ines"), await newPerson(ctx, "Tomasz")];
  const schedule = await newSchedule(ctx, { userIds: [ines, tomasz], layer: { every: { unit: "day", count: 1 } } });
  const shift = await currentShift(ctx, { scheduleId: schedule.id });
  if (!shift) throw new Error("No one is on call.");
  const isInes = shift.userId === ines;
  const own = asPerson(ctx, shift.userId, isInes ? "Ines" : "Tomasz");
  return { scheduleId: schedule.id, shift, own, names: isInes ? ["Ines", "Tomasz"] : ["Tomasz", "Ines"] };
}

test(
  "counts paged groups of a shift, those at night in local time, and feedback",
  inWorkspace(async (ctx) => {
    const { scheduleId, own } = await setUpFixture(ctx);
    // Noon in UTC is 23:00 or 00:00 in Auckland.
    await setContactMethods(own, { methods: [], timeZone: "Pacific/Auckland" });
    const noon = new Date();
    noon.setUTCHours(12, 0, 0, 0);
    const morning = new Date(noon);
    morning.setUTCHours(22);
    const groups = [
      await newGroup(ctx, { name: "A" }),
      await newGroup(ctx, { name: "B" }),
      await newGroup(ctx, { name: "C" }),
    ];
    const [a = "", b = "", c = ""] = groups;
    await page(ctx, a, noon);
    await page(ctx, b, morning);
    await page(ctx, c, morning);
    const verdict = { workspaceId: ctx.actor.workspaceId, ruleKey: "r", severity: "page", ratedBy: "Ines" };
    await ctx.db.insert(alertVerdicts).values([
      { ...verdict, groupId: a, verdict: "actionable" },
      { ...verdict, groupId: b, verdict: "noise" },
    ]);
    await ctx.db.insert(alertEvents).values({ workspaceId: ctx.actor.workspaceId, kind: "merged" });
    expect(await getShiftReport(as(ctx, "viewer"), { scheduleId })).toMatchObject({
      pages: 3,
      nightPages: 1,
      unanswered: 1,
      precision: 0.5,
      merged: 1,
      verdicts: { actionable: 1, known: 0, noise: 1, duplicate: 0 },
    });
  }),
);

test(
  "drafts open incidents, pages with feedback and expiring silences, and keeps a saved handover next to it",
  inWorkspace(async (ctx) => {
    const { scheduleId, shift, own, names } = await setUpFixture(ctx);
    const groupId = await newGroup(ctx, { title: "availability [fails]\n# loudly" });
    await page(ctx, groupId, new Date());
    const { workspaceId } = ctx.actor;
    const now = new Date();
    const at = { isFoundByMachine: true, startedAt: now, detectedAt: now, declaredBy: "Ines" };
    await ctx.db
      .insert(incidents)
      .values({ workspaceId, number: 7, title: "churn fails", severity: "SEV2", state: "active", ...at });
    await ctx.db.insert(silences).values({
      workspaceId,
      matchers: [{ name: "model", value: "churn", isRegex: false, isEqual: true }],
      startsAt: new Date(now.getTime() - 60_000),
      endsAt: new Date(now.getTime() + 3_600_000),
      createdBy: "Ines",
      comment: "a load test",
    });
    const { body, saved, shift: drafted } = await draftHandover(as(ctx, "viewer"), { scheduleId });
    expect(drafted).toMatchObject({ from: shift.from, to: shift.to });
    expect(saved).toBeNull();
    expect(body).toContain(`from ${names[0]} to ${names[1]}.`);
    const open = `[churn · availability \\[fails\\] \\# loudly](/on-call?ticket=${groupId})`;
    expect(body).toContain(`- page: ${open}, since `);
    expect(body).toContain("**unacknowledged**");
    expect(body).toContain(`${open}, still open, `);
    expect(body).toContain("- [INC-7](/incidents/INC-7) SEV2, active: churn fails");
    expect(body).toContain('`{model="churn"}`, by Ines: a load test');
    expect(body).toContain("## Rollouts in progress\n\nNone.");
    const note = { scheduleId, shiftFrom: shift.from, shiftTo: shift.to };
    await saveHandover(own, { ...note, body });
    await saveHandover(own, { ...note, body: "Quiet." });
    expect(await listHandovers(ctx, { scheduleId })).toMatchObject([
      { body: "Quiet.", writtenBy: names[0], schedule: "Primary" },
    ]);
    expect((await draftHandover(ctx, { scheduleId })).saved).toBe("Quiet.");
    await expect(saveHandover(as(ctx, "viewer"), { ...note, body })).rejects.toMatchObject({ code: "forbidden" });
  }),
);

test(
  "rejects a handover when no one is on call, and counts nothing without a shift",
  inWorkspace(async (ctx) => {
    const ines = await newPerson(ctx, "Ines");
    const { id: scheduleId } = await newSchedule(ctx, { userIds: [ines], layer: { start: "2099-01-01T09:00" } });
    await expect(draftHandover(ctx, { scheduleId })).rejects.toMatchObject({ code: "conflict" });
    expect(await getShiftReport(ctx, { scheduleId })).toMatchObject({ shift: null, pages: 0, precision: null });
  }),
);
