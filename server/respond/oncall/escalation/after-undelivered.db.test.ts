import { asc, eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { channels, contactMethods, escalations, notifications } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs, minuteMs } from "#server/base/durations.ts";
import { configureLog } from "#server/base/log.ts";
import { createTeam } from "#server/platform/teams/create-team.ts";
import { deliverNotification } from "#server/respond/delivery/deliver-notification.ts";
import { openIncident } from "#server/respond/incidents/open-incident.ts";
import { listTimeline } from "#server/respond/incidents/timeline/queries.ts";
import { readReceipts } from "#server/respond/triage/read-receipts.ts";
import { newListener, newOutside, newReceiver, sendAll } from "#server/testing/fixtures/notifications/testing.ts";
import { newGroup, newPerson } from "#server/testing/fixtures/oncall/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { createPolicy } from "./create-policy.ts";
import { deleteOldEscalations } from "./delete-old-escalations.ts";
import { runEscalationStep } from "./run-step.ts";
import { startEscalation } from "./start-escalation.ts";

configureLog({ role: "test", level: "silent" });

/** An escalation to a person, then to a receiver an hour later. The person is notified by a channel that rejects everything. */
async function newFixture(ctx: Context) {
  const { url } = await newListener(() => ({ status: 404 }));
  const hook = { settings: { kind: "webhook" as const, url } };
  const { receiverId, channelIds } = await newReceiver(ctx, "gone", [hook]);
  const userId = await newPerson(ctx, "Ines");
  const methods = [{ kind: "channel" as const, channelId: channelIds[0] ?? "" }];
  await ctx.db.insert(contactMethods).values({ workspaceId: ctx.actor.workspaceId, userId, methods: methods as never });
  const steps = [
    { waitMinutes: 0, notify: [{ kind: "person" as const, userId }] },
    { waitMinutes: 60, notify: [{ kind: "receiver" as const, receiverId }] },
  ];
  const { id: escalationPolicyId } = await createPolicy(ctx, { name: "Two steps", steps });
  const team = await createTeam(ctx, { name: "ml", escalationPolicyId });
  const groupId = await newGroup(ctx, { teamId: team.id });
  const now = new Date();
  const id = (await startEscalation(ctx, { groupId, teamId: team.id, severity: "page" }, now)) as string;
  const step = (at: Date) => runEscalationStep(ctx, id, at);
  const outbox = () => ctx.db.select().from(notifications).orderBy(asc(notifications.sequence));
  const escalation = async () => (await ctx.db.select().from(escalations))[0];
  return { userId, now, id, step, outbox, escalation, channelId: channelIds[0] ?? "" };
}

test(
  "tries the account's address after the chosen channel has rejected a page, then the next step at once, then the admins",
  inWorkspace(async (ctx) => {
    const { userId, now, step, outbox, escalation } = await newFixture(ctx);
    expect(await step(now)).toBe(true);
    await sendAll(ctx, newOutside());
    // Without a mail server, the address fails for now.
    expect((await outbox()).map(({ state, address }) => [state, address !== null])).toEqual([
      ["dead", false],
      ["pending", true],
    ]);
    expect((await escalation())?.nextAt?.getTime()).toBe(now.getTime() + 3_600_000);
    const mail = (await outbox())[1];
    await ctx.db
      .update(notifications)
      .set({ expiresAt: new Date(0) })
      .where(eq(notifications.id, mail?.id ?? ""));
    await deliverNotification(ctx, mail?.id ?? "", newOutside());
    expect((await outbox()).map(({ state }) => state)).toEqual(["dead", "dead"]);
    const next = (await escalation())?.nextAt ?? new Date(0);
    expect(next.getTime()).toBeLessThanOrEqual(Date.now());
    expect(await step(new Date())).toBe(true);
    expect(await escalation()).toMatchObject({ ended: "at its end" });
    await sendAll(ctx, newOutside());
    const rows = await outbox();
    expect(rows.map(({ userId, state }) => [userId, state])).toEqual([
      [userId, "dead"],
      [userId, "dead"],
      [null, "dead"],
      [ctx.actor.id, "pending"],
    ]);
  }),
);

test(
  "goes to the next person at once while the mail server is down, says so, and begins again as long as nobody is reached",
  inWorkspace(async (ctx) => {
    const [ines, tomasz] = [await newPerson(ctx, "Ines"), await newPerson(ctx, "Tomasz")];
    const steps = [ines, tomasz].map((userId, at) => ({
      waitMinutes: at * 30,
      notify: [{ kind: "person" as const, userId }],
    }));
    const { id: escalationPolicyId } = await createPolicy(ctx, { name: "By mail", steps });
    const team = await createTeam(ctx, { name: "ml", escalationPolicyId });
    const groupId = await newGroup(ctx, { teamId: team.id });
    const { number } = await openIncident(ctx, { groupId, title: "churn fails", startedAt: new Date() });
    const now = new Date();
    const id = (await startEscalation(ctx, { groupId, teamId: team.id, severity: "page" }, now)) as string;
    const outbox = () => ctx.db.select().from(notifications).orderBy(asc(notifications.sequence));
    const escalation = async () => (await ctx.db.select().from(escalations))[0];
    const attempt = async (userId: string) => {
      for (const row of await outbox()) if (row.userId === userId) await deliverNotification(ctx, row.id, newOutside());
    };
    const titles = async () => (await listTimeline(ctx, { number })).map(({ title }) => title);
    await runEscalationStep(ctx, id, now);
    await attempt(ines);
    expect((await escalation())?.nextAt?.getTime()).toBe(now.getTime() + 30 * minuteMs);
    await attempt(ines);
    expect((await escalation())?.nextAt?.getTime()).toBeLessThanOrEqual(Date.now());
    expect((await outbox())[0]).toMatchObject({ state: "pending", attempts: 2 });
    expect(await titles()).toEqual(expect.arrayContaining(["Paging Ines", "Page to Ines via email failed"]));
    expect((await titles()).some((title) => title.startsWith("Paged Ines"))).toBe(false);
    const receipts = await readReceipts(ctx, {
      groupIds: [groupId],
      incidentId: null,
      acknowledgedBy: [],
      acknowledgedAt: null,
      now: Date.now(),
    });
    expect(receipts).toMatchObject([
      { to: "Ines", by: "email", state: "failed", reason: expect.stringContaining("No mail server is configured") },
    ]);
    await runEscalationStep(ctx, id, new Date());
    for (const _ of [1, 2]) await attempt(tomasz);
    // Nobody was reached, and nobody has acknowledged: it is not over.
    expect(await escalation()).toMatchObject({ endedAt: null, ended: null, step: 0, round: 1 });
    const again = (await escalation())?.nextAt?.getTime() ?? 0;
    expect(again).toBeGreaterThan(Date.now() + 4 * minuteMs);
    expect((await outbox()).map(({ userId }) => userId)).toContain(ctx.actor.id);
    // Later failures of the same pages neither hurry the new round nor add another.
    await attempt(ines);
    expect(await escalation()).toMatchObject({ round: 1, nextAt: new Date(again) });
  }),
);

test(
  "goes on at once when the channel of a page was removed before it was sent",
  inWorkspace(async (ctx) => {
    const { step, now, outbox, channelId } = await newFixture(ctx);
    await step(now);
    await ctx.db.update(channels).set({ disabledAt: now }).where(eq(channels.id, channelId));
    await sendAll(ctx, newOutside());
    expect((await outbox()).map(({ state }) => state)).toEqual(["cancelled", "pending"]);
  }),
);

test(
  "deletes escalations 400 days after their end, and none that is in progress",
  inWorkspace(async (ctx) => {
    const { id, now } = await newFixture(ctx);
    const longAgo = new Date(now.getTime() - 401 * dayMs);
    await ctx.db.update(escalations).set({ startedAt: longAgo }).where(eq(escalations.id, id));
    await deleteOldEscalations(ctx, now);
    expect(await ctx.db.$count(escalations)).toBe(1);
    await ctx.db.update(escalations).set({ endedAt: longAgo, ended: "resolved" }).where(eq(escalations.id, id));
    await deleteOldEscalations(ctx, now);
    expect(await ctx.db.$count(escalations)).toBe(0);
  }),
);
