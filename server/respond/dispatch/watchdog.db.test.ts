import { and, eq } from "drizzle-orm";
import { expect, onTestFinished, test, vi } from "vitest";
import { alertGroups, alerts, auditEvents, notifications, watchdogs } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { watchdogLane } from "#server/alerting/notifications/outbox/watchdog-lane.ts";
import { listNotifications } from "#server/alerting/notifications/queries.ts";
import { markEvaluated } from "#server/alerting/watchdog/mark-evaluated.ts";
import { getWatchdog } from "#server/alerting/watchdog/queries.ts";
import { setWatchdog } from "#server/alerting/watchdog/set-watchdog.ts";
import { minuteMs } from "#server/base/durations.ts";
import { configureLog } from "#server/base/log.ts";
import { notificationWatcher } from "#server/respond/delivery/notification-watcher.ts";
import { ruleWatcher } from "#server/respond/rules/rule-watcher.ts";
import { newListener, newOutside, newReceiver } from "#server/testing/fixtures/notifications/testing.ts";
import { as, newWorkspace } from "#server/testing/testing.ts";
import { alertDispatcher, dispatchWatchdogs } from "./alert-dispatcher.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();
const soon = { interval: 50 };

async function newFixture(intervalSeconds = 300) {
  const ctx = await newWorkspace(db);
  const listener = await newListener();
  const { receiverId } = await newReceiver(ctx, "switch", [
    { settings: { kind: "webhook", url: listener.url, maxPerHour: 1 } },
  ]);
  await setWatchdog(ctx, { receiverId, intervalSeconds });
  const sent = () =>
    db
      .select()
      .from(notifications)
      .where(and(eq(notifications.workspaceId, ctx.actor.workspaceId), eq(notifications.lane, watchdogLane)))
      .orderBy(notifications.sequence);
  return { ctx, listener, receiverId, sent };
}

test("reaches its receiver by evaluation, dispatch and delivery, as a firing alert that no list shows", async () => {
  const { ctx, listener } = await newFixture();
  expect(await getWatchdog(ctx)).toMatchObject({
    state: "waiting",
    receiver: { name: "switch" },
    lastDeliveredAt: null,
  });
  const feed = { subscribe: () => () => {} };
  const watchers = [ruleWatcher(db), alertDispatcher(db), notificationWatcher({ db, feed, outside: newOutside() })];
  for (const watcher of watchers) {
    await watcher.start();
    onTestFinished(() => watcher.stop());
  }
  await vi.waitFor(async () => expect(await getWatchdog(ctx)).toMatchObject({ state: "delivered" }), soon);
  expect(listener.received).toHaveLength(1);
  const alert = { status: "firing", labels: expect.objectContaining({ alertname: "Watchdog" }) };
  expect(listener.received[0]?.body.alerts).toEqual([expect.objectContaining(alert)]);
  expect((await listNotifications(ctx, {})).notifications).toEqual([]);
  expect(await db.$count(alerts)).toBe(0);
  expect(await db.$count(alertGroups)).toBe(0);
});

test("is sent once an interval, and only while a worker evaluates the rules", async () => {
  const { sent } = await newFixture(300);
  const now = Date.now();
  await dispatchWatchdogs(db, now);
  expect(await sent()).toHaveLength(0);
  await markEvaluated(db, now);
  await Promise.all([dispatchWatchdogs(db, now), dispatchWatchdogs(db, now)]);
  await dispatchWatchdogs(db, now + 4 * minuteMs);
  expect(await sent()).toHaveLength(1);
  await dispatchWatchdogs(db, now + 5 * minuteMs);
  expect(await sent(), "the rules were last evaluated 5 minutes ago").toHaveLength(1);
  await markEvaluated(db, now + 5 * minuteMs);
  await dispatchWatchdogs(db, now + 5 * minuteMs);
  expect(
    (await sent()).map(({ state }) => state),
    "an older one is not sent any more",
  ).toEqual(["cancelled", "pending"]);
});

test("a watcher of some rules does not speak for all of them", async () => {
  const { ctx } = await newFixture();
  await ruleWatcher(db, { kind: "platform" }).evaluate();
  expect(await getWatchdog(ctx)).toMatchObject({ evaluatedAt: null });
  await ruleWatcher(db).evaluate();
  expect(await getWatchdog(ctx)).toMatchObject({ evaluatedAt: expect.any(Date) });
});

test("admins set and disable it, which the audit log says", async () => {
  const { ctx, receiverId } = await newFixture();
  await expect(setWatchdog(as(ctx, "operator"), { receiverId })).rejects.toMatchObject({ code: "forbidden" });
  await expect(setWatchdog(ctx, { receiverId, intervalSeconds: 59 })).rejects.toThrow("Must be at least 1 minute.");
  const empty = await newReceiver(ctx, "empty", []);
  await expect(setWatchdog(ctx, { receiverId: empty.receiverId })).rejects.toMatchObject({ code: "invalid" });
  const other = await newFixture();
  await expect(setWatchdog(ctx, { receiverId: other.receiverId })).rejects.toMatchObject({ code: "not-found" });
  expect(await setWatchdog(ctx, { receiverId: null })).toMatchObject({ state: "off", receiver: null });
  expect(await db.$count(watchdogs, eq(watchdogs.workspaceId, ctx.actor.workspaceId))).toBe(0);
  const [event] = await db
    .select()
    .from(auditEvents)
    .where(and(eq(auditEvents.workspaceId, ctx.actor.workspaceId), eq(auditEvents.action, "watchdog.updated")))
    .orderBy(auditEvents.id);
  expect(event?.after).toEqual({ receiver: "switch", intervalSeconds: 300 });
});
