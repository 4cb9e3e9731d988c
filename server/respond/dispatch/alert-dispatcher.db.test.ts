import { eq, sql } from "drizzle-orm";
import { expect, test, vi } from "vitest";
import { alertEvents, alertGroupMembers, alertGroups, alerts, incidents, notifications } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { hourMs } from "#server/base/durations.ts";
import { configureLog } from "#server/base/log.ts";
import { notifyAfterChange } from "#server/respond/paging/notify-after-change.ts";
import { newReceiver } from "#server/testing/fixtures/notifications/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { listAlerts } from "../../alerting/alerts/alert-queries.ts";
import { listAlertGroups } from "../../alerting/alerts/groups/queries.ts";
import { parseMatchers } from "../../alerting/alerts/matchers/parse-matchers.ts";
import { receiveAlerts } from "../../alerting/alerts/receive-alerts.ts";
import { acknowledgeGroup } from "../acknowledgement/acknowledge-group.ts";
import { respondDue } from "../paging/response-watcher.ts";
import { setSilence } from "../silences/set-silence.ts";
import { alertDispatcher, expireDue, flushDue, maintainDue } from "./alert-dispatcher.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();
const settings = {
  kind: "webhook",
  url: "http://127.0.0.1:1/",
  format: "alertmanager",
  maxAlerts: 0,
  sendsResolved: true,
} as const;

async function createFixture(groups: number, alertsEach: number, severity = "ticket", database = db): Promise<Context> {
  const ctx = await newWorkspace(database);
  for (const receiver of ["tickets", "on-call"]) await newReceiver(ctx, receiver, [{ settings }]);
  const endsAt = new Date(Date.now() + hourMs);
  const posted = Array.from({ length: groups * alertsEach }, (_, index) => ({
    labels: { alertname: "Many", service: `s${index % groups}`, pod: `p${index}`, severity },
    annotations: { summary: `Pod ${index} fails` },
    endsAt,
  }));
  await receiveAlerts(ctx, posted, { afterChange: notifyAfterChange, source: "api" });
  return ctx;
}

const of = (ctx: Context) => eq(notifications.workspaceId, ctx.actor.workspaceId);

async function timed<Result>(work: () => Promise<Result>): Promise<{ took: number; result: Result }> {
  const from = performance.now();
  const result = await work();
  return { took: performance.now() - from, result };
}

test("notifies once per group with several workers", async () => {
  const ctx = await createFixture(60, 2);
  const later = Date.now() + 60_000;
  await Promise.all([1, 2, 3].map(() => flushDue(db, later)));
  await flushDue(db, later);
  expect(await db.$count(notifications, of(ctx))).toBe(60);
  expect(await db.$count(alertGroups, eq(alertGroups.outcome, "first notification"))).toBe(60);
});

test("notifies other groups when one fails, and leaves that one unchanged", async () => {
  const ctx = await createFixture(3, 1, "page");
  const ofWorkspace = eq(alertGroups.workspaceId, ctx.actor.workspaceId);
  const [broken] = await db.select().from(alertGroups).where(ofWorkspace).limit(1);
  const brokenId = broken?.id as string;
  await db
    .update(alertGroups)
    .set({ entry: { firing: 5 as never, resolved: [], at: 0 } })
    .where(eq(alertGroups.id, brokenId));
  const later = Date.now() + 60_000;
  await flushDue(db, later);
  await respondDue(db);
  expect(await db.$count(notifications, of(ctx))).toBe(2);
  expect(await db.$count(incidents, eq(incidents.workspaceId, ctx.actor.workspaceId))).toBe(2);
  const [after] = await db.select().from(alertGroups).where(eq(alertGroups.id, brokenId));
  expect(after).toMatchObject({ outcome: null, incidentId: null, nextFlushAt: expect.any(Date) });
  await db
    .update(alertGroups)
    .set({ entry: null, nextFlushAt: new Date(0) })
    .where(eq(alertGroups.id, brokenId));
  await flushDue(db, later);
  expect(await db.$count(notifications, of(ctx))).toBe(3);
});

test("ends, reminds and unmutes all others when one of a workspace fails", async () => {
  const { db } = await freshDatabase();
  const ctx = await createFixture(3, 1, "page", db);
  const start = Date.now();
  await flushDue(db, start + 60_000);
  const groups = await db.select().from(alertGroups).orderBy(alertGroups.createdAt, alertGroups.id);
  const until = new Date(start + 120_000);
  for (const { id } of groups) await acknowledgeGroup(ctx, { groupId: id, until });
  const broken = groups[0]?.id ?? "";
  const breakGroup = sql.raw(`alter table alert_groups add constraint broken check (id <> '${broken}') not valid`);
  await db.execute(breakGroup);
  const reminded = async () =>
    (await db.select().from(alertGroups)).filter(({ acknowledgement }) => acknowledgement?.remindedAt).length;
  await maintainDue(db, start + 121_000);
  expect(await reminded()).toBe(2);
  // The summary of the broken group cannot be stored, so its alert stays; a silence still mutes the others.
  const matchers = parseMatchers("alertname=Many");
  const times = { startsAt: new Date(), endsAt: new Date(Date.now() + hourMs), comment: "x", confirm: 3 };
  expect(await setSilence(ctx, { ...times, matchers })).toMatchObject({ muting: 2 });
  await expireDue(db, start + 2 * hourMs);
  expect(await db.$count(alerts, eq(alerts.isEnded, true))).toBe(2);
  await db.execute("alter table alert_groups drop constraint broken");
  await expireDue(db, start + 2 * hourMs);
  expect(await db.$count(alerts, eq(alerts.isEnded, true))).toBe(3);
});

test("notifies of a page within seconds of its receipt", async () => {
  const dispatcher = alertDispatcher(db);
  await dispatcher.start();
  const ctx = await createFixture(1, 1, "page");
  await vi.waitFor(async () => expect(await db.$count(notifications, of(ctx))).toBe(1), {
    timeout: 15_000,
    interval: 200,
  });
  await dispatcher.stop();
});

test("ingests 10,000 alerts in 1,000 groups in linear time, and lists, changes and silences in a fraction of it", async () => {
  const ingestAndFlush = async (groups: number) => {
    const ctx = await createFixture(groups, 10);
    await flushDue(db, Date.now() + 60_000);
    return ctx;
  };
  const tenth = await timed(() => ingestAndFlush(100));
  const whole = await timed(() => ingestAndFlush(1000));
  // Other tests share the machine, so that seconds say nothing.
  expect(whole.took).toBeLessThan(30 * tenth.took);
  const ctx = whole.result;
  const list = await timed(() => listAlertGroups(ctx));
  expect(list.result.groups).toHaveLength(100);
  const groupId = list.result.groups[0]?.id as string;
  const found = await timed(() => listAlertGroups(ctx, { search: "s77" }));
  const members = await timed(() => listAlerts(ctx, { groupId }));
  expect(members.result.alerts).toHaveLength(10);
  const all = await timed(() => listAlerts(ctx, { limit: 1000, matchers: parseMatchers("pod=~p9.*") }));
  const taken = await timed(() => acknowledgeGroup(ctx, { groupId }));
  const times = { startsAt: new Date(), endsAt: new Date(Date.now() + hourMs), comment: "x" };
  const silence = await timed(() => setSilence(ctx, { ...times, matchers: parseMatchers("service=~s1.") }));
  expect(silence.result.muting).toBe(100);
  const resolved = {
    labels: { alertname: "Many", service: "s0", pod: "p0", severity: "ticket" },
    startsAt: new Date(),
    endsAt: new Date(),
  };
  const change = await timed(() => receiveAlerts(ctx, [resolved], { afterChange: notifyAfterChange, source: "api" }));
  const took = Object.entries({ list, found, members, all, taken, silence, change }).map(
    ([name, { took }]) => [name, Math.round(took)] as const,
  );
  for (const [, ms] of took) expect(ms, JSON.stringify(took)).toBeLessThan(whole.took / 5);
  const { rows } = await db.execute<{ count: number }>(
    sql`select count(*) from ${alertGroupMembers} where workspace_id = ${ctx.actor.workspaceId}`,
  );
  expect(rows[0]?.count).toBe(10_000);
  const ofEvents = sql`${alertEvents.workspaceId} = ${ctx.actor.workspaceId} and ${alertEvents.kind} = 'firing'`;
  expect(await db.$count(alertEvents, ofEvents)).toBe(10_000);
});
