import { and, asc, eq, isNull } from "drizzle-orm";
import { expect, test } from "vitest";
import { alertEvents, alertGroups, alerts, escalations, memberships, notifications } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { type Context, systemContext, transact } from "#server/base/context.ts";
import { newReceiver } from "#server/testing/fixtures/notifications/testing.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { createTeam } from "../../../platform/teams/create-team.ts";
import { newGroup, newPerson, newSchedule } from "../../../testing/fixtures/oncall/testing.ts";
import { callPerson } from "./call-person.ts";
import { createPolicy } from "./create-policy.ts";
import { escalateNow } from "./escalate-now.ts";
import { escalationWatcher } from "./escalation-watcher.ts";
import { nextEscalation } from "./queries.ts";
import { reconcileEscalations } from "./reconcile-escalations.ts";
import { runEscalationStep } from "./run-step.ts";
import { startEscalation } from "./start-escalation.ts";

const started = new Date("2026-05-06T03:00:00Z");
const after = (minutes: number, seconds = 0) => new Date(started.getTime() + minutes * 60_000 + seconds * 1000);

/** Creates a team led by Priya, its schedule with Ines now and Tomasz next, and a group that pages it. */
async function setUpFixture(ctx: Context) {
  const [ines, tomasz, priya] = [
    await newPerson(ctx, "Ines"),
    await newPerson(ctx, "Tomasz"),
    await newPerson(ctx, "Priya"),
  ];
  const team = await createTeam(ctx, { name: "Parcels", members: [{ userId: priya, part: "lead" }, { userId: ines }] });
  const schedule = await newSchedule(ctx, { teamId: team.id, userIds: [ines, tomasz] });
  const groupId = await newGroup(ctx, { teamId: team.id });
  const start = () => startEscalation(ctx, { groupId, teamId: team.id, severity: "page" }, started);
  return { ines, tomasz, priya, team, schedule, groupId, start };
}

/** Returns the names of the people called for a group, in order. */
async function called(ctx: Context, groupId: string): Promise<string[]> {
  const rows = await ctx.db
    .select({ data: alertEvents.data })
    .from(alertEvents)
    .where(and(eq(alertEvents.groupId, groupId), eq(alertEvents.kind, "escalated")))
    .orderBy(asc(alertEvents.id));
  return rows.map(({ data }) => (data as { people: { name: string }[] }).people.map(({ name }) => name).join(" and "));
}

async function outbox(ctx: Context, groupId: string) {
  return ctx.db
    .select()
    .from(notifications)
    .where(eq(notifications.groupId, groupId))
    .orderBy(asc(notifications.createdAt), asc(notifications.deduplicationKey));
}

test(
  "executes the next step at once when asked, and only once",
  inWorkspace(async (ctx) => {
    const { groupId, start } = await setUpFixture(ctx);
    const id = (await start()) as string;
    await ctx.db
      .update(escalations)
      .set({ nextAt: after(60 * 24 * 10_000) })
      .where(eq(escalations.id, id));
    await escalateNow(ctx, { groupId, step: 1 });
    expect(await runEscalationStep(ctx, id)).toBe(true);
    expect(await called(ctx, groupId)).toEqual(["Ines"]);
    expect(await nextEscalation(ctx, groupId)).toMatchObject({
      step: 2,
      steps: 4,
      waitMs: 5 * 60_000,
      following: { words: ["Tomasz, next on call"] },
    });
    await expect(escalateNow(ctx, { groupId, step: 1 })).rejects.toMatchObject({ code: "conflict" });
  }),
);

test(
  "pages the on-call engineer twice, then the next, then the lead, each on time and once, until acknowledged",
  inWorkspace(async (ctx) => {
    const { groupId, start, ines, tomasz, priya } = await setUpFixture(ctx);
    const id = (await start()) as string;
    expect(await runEscalationStep(ctx, id, started)).toBe(true);
    expect(await runEscalationStep(ctx, id, after(4, 59))).toBe(false);
    expect(await nextEscalation(ctx, groupId)).toMatchObject({ at: after(5), step: 2, words: ["Ines, on call"] });
    expect(await runEscalationStep(ctx, id, after(5))).toBe(true);
    expect(await nextEscalation(ctx, groupId)).toMatchObject({ at: after(10), people: [{ name: "Tomasz" }] });
    expect(await runEscalationStep(ctx, id, after(10))).toBe(true);
    expect(await runEscalationStep(ctx, id, after(10, 1))).toBe(false);
    expect(await runEscalationStep(ctx, id, after(20))).toBe(true);
    expect(await runEscalationStep(ctx, id, after(60))).toBe(false);
    expect(await called(ctx, groupId)).toEqual(["Ines", "Ines", "Tomasz", "Priya"]);
    const rows = await outbox(ctx, groupId);
    expect(rows.map(({ userId }) => userId).sort()).toEqual([ines, ines, tomasz, priya].sort());
    expect(rows.map(({ kind, severity }) => `${kind} ${severity}`)).toEqual(Array(4).fill("escalation page"));
    const [row] = await ctx.db.select().from(escalations).where(eq(escalations.id, id));
    expect(row).toMatchObject({ ended: "at its end", nextAt: null, notifiedCount: 4 });
    expect(await nextEscalation(ctx, groupId)).toBeNull();
  }),
);

test(
  "describes in a page what burns, how long it is unacknowledged, and who is next",
  inWorkspace(async (ctx) => {
    const { groupId, start } = await setUpFixture(ctx);
    const id = (await start()) as string;
    await runEscalationStep(ctx, id, started);
    await runEscalationStep(ctx, id, after(5));
    const second = (await outbox(ctx, groupId)).find(({ deduplicationKey }) => deduplicationKey.includes(`${id}:0:1:`));
    expect(JSON.parse(JSON.stringify(second?.message).replaceAll("\u00a0", " "))).toMatchObject({
      title: "PAGE · churn · availability fails 16.7 times too fast",
      lines: [
        "You are being paged: Ines, on call.",
        "Unacknowledged for 5 min.",
        "Next escalation in 5 min: Tomasz, next on call.",
      ],
      links: [{ path: `/on-call?ticket=${groupId}` }],
    });
  }),
);

test(
  "stops on acknowledgement, and does not start while another escalation is active",
  inWorkspace(async (ctx) => {
    const { groupId, start } = await setUpFixture(ctx);
    const id = (await start()) as string;
    expect(await start()).toBeNull();
    await runEscalationStep(ctx, id, started);
    const acknowledgement = {
      by: "Ines",
      userId: null,
      at: started.getTime(),
      note: "",
      until: after(120).getTime(),
      fingerprints: [],
      severity: "page",
      alsoInvestigating: [],
      remindedAt: null,
    };
    await ctx.db.update(alertGroups).set({ acknowledgement }).where(eq(alertGroups.id, groupId));
    // Whoever reconciles first: the step looks before it pages anyone.
    expect(await runEscalationStep(ctx, id, after(30))).toBe(false);
    const [row] = await ctx.db.select().from(escalations).where(eq(escalations.id, id));
    expect(row).toMatchObject({ ended: "acknowledged", nextAt: null, resumesAt: after(5) });
    expect(await reconcileEscalations(ctx, [groupId], after(31).getTime())).toBe(0);
    expect(await called(ctx, groupId)).toEqual(["Ines"]);
    await ctx.db.update(alertGroups).set({ acknowledgement: null }).where(eq(alertGroups.id, groupId));
    expect(await reconcileEscalations(ctx, [groupId], after(32).getTime())).toBe(1);
    const [again] = await ctx.db.select().from(escalations).where(isNull(escalations.endedAt));
    expect(again).toMatchObject({ groupId, step: 0, startedAt: after(32), nextAt: after(32) });
  }),
);

test(
  "continues where it stopped when a page fires again soon, and starts anew when it does later",
  inWorkspace(async (ctx) => {
    const { groupId, start } = await setUpFixture(ctx);
    const id = (await start()) as string;
    await runEscalationStep(ctx, id, started);
    const setEnd = (endsAt: Date) =>
      ctx.db.update(alerts).set({ endsAt }).where(eq(alerts.workspaceId, ctx.actor.workspaceId));
    await setEnd(after(3));
    expect(await runEscalationStep(ctx, id, after(5))).toBe(false);
    const [stopped] = await ctx.db.select().from(escalations);
    expect(stopped).toMatchObject({ id, ended: "resolved", endedAt: after(5), nextAt: null });
    await setEnd(after(500));
    await reconcileEscalations(ctx, [groupId], after(8).getTime());
    expect(await ctx.db.select().from(escalations)).toMatchObject([
      { id, step: 1, ended: null, endedAt: null, nextAt: after(8) },
    ]);
    expect(await runEscalationStep(ctx, id, after(8))).toBe(true);
    expect(await called(ctx, groupId)).toEqual(["Ines", "Ines"]);
    await setEnd(after(9));
    await reconcileEscalations(ctx, [groupId], after(9).getTime());
    await setEnd(after(500));
    await reconcileEscalations(ctx, [groupId], after(60).getTime());
    const rows = await ctx.db.select().from(escalations).orderBy(asc(escalations.startedAt));
    expect(rows).toMatchObject([
      { id, ended: "resolved" },
      { step: 0, ended: null, startedAt: after(60) },
    ]);
  }),
);

test(
  "counts a receiver without an enabled channel as nobody, goes on at once, and pages the admins in the end",
  inWorkspace(async (ctx) => {
    const empty = await newReceiver(ctx, "empty", []);
    const steps = [0, 10].map((waitMinutes) => ({
      waitMinutes,
      notify: [{ kind: "receiver" as const, receiverId: empty.receiverId }],
    }));
    const { id: escalationPolicyId } = await createPolicy(ctx, { name: "Empty", steps });
    const team = await createTeam(ctx, { name: "Nobody", escalationPolicyId });
    const groupId = await newGroup(ctx, { teamId: team.id });
    const id = (await startEscalation(ctx, { groupId, teamId: team.id, severity: "page" }, started)) as string;
    await runEscalationStep(ctx, id, started);
    const [row] = await ctx.db.select().from(escalations);
    expect(row).toMatchObject({ notifiedCount: 0, step: 1, nextAt: started });
    await runEscalationStep(ctx, id, started);
    expect(await called(ctx, groupId)).toEqual(["", ctx.actor.name]);
    expect(await ctx.db.select().from(escalations)).toMatchObject([{ ended: "no one to page", notifiedCount: 1 }]);
    expect((await outbox(ctx, groupId)).map(({ userId }) => userId)).toEqual([ctx.actor.id]);
  }),
);

test(
  "skips disabled users immediately, and pages the admins when no one is left",
  inWorkspace(async (ctx) => {
    const { groupId, start, ines, tomasz, priya } = await setUpFixture(ctx);
    for (const userId of [ines, tomasz, priya]) {
      await ctx.db.update(memberships).set({ disabledAt: started }).where(eq(memberships.userId, userId));
    }
    const id = (await start()) as string;
    for (let step = 0; step < 4; step++) expect(await runEscalationStep(ctx, id, started)).toBe(true);
    expect(await called(ctx, groupId)).toEqual(["", "", "", ctx.actor.name]);
    const [row] = await ctx.db.select().from(escalations).where(eq(escalations.id, id));
    expect(row).toMatchObject({ ended: "no one to page" });
    expect((await outbox(ctx, groupId)).map(({ userId }) => userId)).toEqual([ctx.actor.id]);
  }),
);

test(
  "follows the team's policy as it was at the start, round by round",
  inWorkspace(async (ctx) => {
    const { ines, tomasz } = await setUpFixture(ctx);
    const steps = [{ waitMinutes: 2, notify: [{ kind: "team" as const, who: "round-robin" as const }] }];
    const { id: escalationPolicyId } = await createPolicy(ctx, { name: "Turns", steps, repeats: 1 });
    const team = await createTeam(ctx, {
      name: "Fraud",
      escalationPolicyId,
      members: [{ userId: ines }, { userId: tomasz }],
    });
    const groups = [await newGroup(ctx, { name: "A" }), await newGroup(ctx, { name: "B" })];
    for (const [index, groupId] of groups.entries()) {
      const id = (await startEscalation(ctx, { groupId, teamId: team.id, severity: "page" }, after(index))) as string;
      expect(await runEscalationStep(ctx, id, after(index + 1))).toBe(false);
      await runEscalationStep(ctx, id, after(index + 2));
      await runEscalationStep(ctx, id, after(index + 9));
      const [row] = await ctx.db.select().from(escalations).where(eq(escalations.id, id));
      expect(row).toMatchObject({ policyName: "Turns", round: 1, ended: "at its end" });
    }
    const firsts = [await called(ctx, groups[0] as string), await called(ctx, groups[1] as string)];
    // One takes all of one group, the other all of the next.
    expect(firsts.flat().sort()).toEqual(["Ines", "Ines", "Tomasz", "Tomasz"]);
    expect(firsts[0]?.[0]).not.toBe(firsts[1]?.[0]);
  }),
);

test(
  "does not start without teams and schedules, and uses a schedule without team as fallback",
  inWorkspace(async (ctx) => {
    const groupId = await newGroup(ctx);
    const input = { groupId, teamId: null, severity: "page" };
    expect(await startEscalation(ctx, input, started)).toBeNull();
    const ines = await newPerson(ctx, "Ines");
    await newSchedule(ctx, { userIds: [ines] });
    const id = (await startEscalation(ctx, input, started)) as string;
    await runEscalationStep(ctx, id, started);
    expect(await called(ctx, groupId)).toEqual(["Ines"]);
  }),
);

test(
  "pages a user manually at most once per minute, logs it, and rejects a resolved group",
  inWorkspace(async (ctx) => {
    const { groupId, tomasz } = await setUpFixture(ctx);
    await callPerson(ctx, { groupId, userId: tomasz, note: "knows the depot data" });
    await callPerson(ctx, { groupId, userId: tomasz });
    expect(await called(ctx, groupId)).toEqual(["Tomasz"]);
    await ctx.db.update(alertGroups).set({ endedAt: new Date() }).where(eq(alertGroups.id, groupId));
    await expect(callPerson(ctx, { groupId, userId: tomasz })).rejects.toMatchObject({ code: "conflict" });
  }),
);

test("runs each step once with two workers, and takes over a step whose transaction failed", async () => {
  const { db } = await freshDatabase();
  const ctx = await newWorkspace(db);
  const { groupId, start } = await setUpFixture(ctx);
  const id = (await start()) as string;
  const system = systemContext(db, ctx.actor.workspaceId, "test");
  const dying = transact(system, async (ctx) => {
    await runEscalationStep(ctx, id, started);
    throw new Error("killed");
  });
  await expect(dying).rejects.toThrow("killed");
  expect(await outbox(ctx, groupId)).toEqual([]);
  const feed = { subscribe: () => () => {} };
  const runners = [escalationWatcher({ db, feed }), escalationWatcher({ db, feed })];
  // The escalation started long ago: its first step is due, and the following ones keep their intervals from now.
  await Promise.all(runners.map((runner) => runner.start()));
  await Promise.all(runners.map((runner) => runner.stop()));
  expect(await called(ctx, groupId)).toHaveLength(1);
  expect(await outbox(ctx, groupId)).toHaveLength(1);
  const [row] = await ctx.db.select().from(escalations).where(eq(escalations.id, id));
  expect(row?.step).toBe(1);
  expect(row?.nextAt?.getTime()).toBeGreaterThan(Date.now() + 4 * 60_000);
});
