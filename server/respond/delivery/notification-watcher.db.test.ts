import { eq, sql } from "drizzle-orm";
import { expect, onTestFinished, test, vi } from "vitest";
import { notifications } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { configureLog } from "#server/base/log.ts";
import type { ChangeMessage, EventFeed } from "#server/platform/events/listen.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { enqueueNotification } from "../../alerting/notifications/enqueue-notification.ts";
import { newListener, newMessage, newOutside, newReceiver } from "../../testing/scenes/notifications/testing.ts";
import { notificationWatcher } from "./notification-watcher.ts";

configureLog({ role: "test", level: "silent" });

function newFeed() {
  const hearing = new Set<(heard: ChangeMessage) => void>();
  const feed: Pick<EventFeed, "subscribe"> = {
    subscribe: (hear) => {
      hearing.add(hear);
      return () => hearing.delete(hear);
    },
  };
  return feed;
}

async function page(ctx: Context, receiver: string, count: number): Promise<void> {
  for (let place = 0; place < count; place += 1) {
    const message = newMessage({ groupKey: `${receiver}-${place}`, title: `${place}` });
    const wish = { kind: "group" as const, severity: "page", message, groupId: crypto.randomUUID() };
    await enqueueNotification(ctx, { to: { receiver }, ...wish, deduplicationKey: `${receiver}-${place}` });
  }
}

const { db } = await freshDatabase();

function newRunner() {
  return notificationWatcher({ db, feed: newFeed(), outside: newOutside() });
}

test("channels that never answer do not hold up one that does", async () => {
  const ctx = await newWorkspace(db);
  const silent = await Promise.all(Array.from({ length: 12 }, () => newListener(() => ({ afterMs: 60_000 }))));
  for (const [place, { url }] of silent.entries()) {
    await newReceiver(ctx, `silent-${place}`, [{ settings: { kind: "webhook", url } }]);
    await page(ctx, `silent-${place}`, 3);
  }
  const good = await newListener();
  await newReceiver(ctx, "good", [{ settings: { kind: "webhook", url: good.url } }]);
  await page(ctx, "good", 20);
  const runner = newRunner();
  await runner.start();
  onTestFinished(() => runner.stop(0));
  await vi.waitFor(() => expect(good.heard).toHaveLength(20), 8_000);
  expect(silent.every(({ heard }) => heard.length <= 1)).toBe(true);
});

test("a worker that dies while it sends loses nothing: another sends what it had when the lease has ended", async () => {
  const ctx = await newWorkspace(db);
  let isHanging = true;
  const { url, heard } = await newListener(() => (isHanging ? { afterMs: 60_000 } : {}));
  await newReceiver(ctx, "on-call", [{ settings: { kind: "webhook", url } }]);
  await page(ctx, "on-call", 5);
  const first = newRunner();
  await first.start();
  await vi.waitFor(() => expect(heard.length).toBeGreaterThan(0), 5_000);
  const before = heard.length;
  // Killed: it takes no more, and what it had on the way never comes back.
  await first.stop(0);
  isHanging = false;
  const ofWorkspace = eq(notifications.workspaceId, ctx.actor.workspaceId);
  await db.update(notifications).set({ leaseEndsAt: sql`now()`, nextAttemptAt: sql`now()` }).where(ofWorkspace);
  const second = newRunner();
  await second.start();
  onTestFinished(() => second.stop(0));
  const rows = () => db.select().from(notifications).where(ofWorkspace);
  await vi.waitFor(
    async () => expect((await rows()).map(({ state }) => state)).toEqual(Array(5).fill("delivered")),
    8_000,
  );
  const keys = heard.map(({ body }) => body.groupKey);
  expect(new Set(keys).size).toBe(5);
  expect(keys).toHaveLength(5 + before);
});

test("two workers at once send each message once, and those of one group in order", async () => {
  const ctx = await newWorkspace(db);
  const { url, heard } = await newListener(() => ({ afterMs: 5 }));
  await newReceiver(ctx, "on-call", [{ settings: { kind: "webhook", url } }]);
  const groupId = crypto.randomUUID();
  for (let place = 0; place < 8; place += 1) {
    // Calls are not replaced by newer ones.
    const message = newMessage({ title: `${place}`, alerts: [] });
    const wish = { kind: "escalation" as const, severity: "page", message, groupId, deduplicationKey: `call-${place}` };
    await enqueueNotification(ctx, { to: { receiver: "on-call" }, ...wish });
  }
  await page(ctx, "on-call", 30);
  const runners = [newRunner(), newRunner()];
  onTestFinished(async () => void (await Promise.all(runners.map((runner) => runner.stop(0)))));
  await Promise.all(runners.map((runner) => runner.start()));
  await vi.waitFor(() => expect(heard.length).toBeGreaterThanOrEqual(38), 15_000);
  expect(heard).toHaveLength(38);
  const calls = heard.flatMap(({ body }) => {
    const [alert] = body.alerts as { labels: { alertname: string }; annotations: { summary: string } }[];
    return alert?.labels.alertname === "LeewayNotice" ? [alert.annotations.summary] : [];
  });
  expect(calls).toEqual(["0", "1", "2", "3", "4", "5", "6", "7"]);
});
