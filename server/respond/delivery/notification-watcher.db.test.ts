import { and, eq, like, sql } from "drizzle-orm";
import { expect, onTestFinished, test, vi } from "vitest";
import { channels, notifications, setAsideItems } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { configureLog } from "#server/base/log.ts";
import type { ChangeMessage, EventFeed } from "#server/platform/events/listen.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { enqueueNotification } from "../../alerting/notifications/enqueue-notification.ts";
import { newListener, newMessage, newOutside, newReceiver } from "../../testing/fixtures/notifications/testing.ts";
import { notificationWatcher } from "./notification-watcher.ts";

configureLog({ role: "test", level: "silent" });

function newFeed() {
  const hearing = new Set<(message: ChangeMessage) => void>();
  const feed: Pick<EventFeed, "subscribe"> = {
    subscribe: (onMessage) => {
      hearing.add(onMessage);
      return () => hearing.delete(onMessage);
    },
  };
  return feed;
}

async function page(ctx: Context, receiver: string, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const message = newMessage({ groupKey: `${receiver}-${index}`, title: `${index}` });
    const notification = { kind: "group" as const, severity: "page", message, groupId: crypto.randomUUID() };
    await enqueueNotification(ctx, { to: { receiver }, ...notification, deduplicationKey: `${receiver}-${index}` });
  }
}

const { db } = await freshDatabase();

function newRunner() {
  return notificationWatcher({ db, feed: newFeed(), outside: newOutside() });
}

test("is not delayed by channels that never respond", async () => {
  const ctx = await newWorkspace(db);
  const silent = await Promise.all(Array.from({ length: 12 }, () => newListener(() => ({ afterMs: 60_000 }))));
  for (const [index, { url }] of silent.entries()) {
    await newReceiver(ctx, `silent-${index}`, [{ settings: { kind: "webhook", url } }]);
    await page(ctx, `silent-${index}`, 3);
  }
  const good = await newListener();
  await newReceiver(ctx, "good", [{ settings: { kind: "webhook", url: good.url } }]);
  await page(ctx, "good", 20);
  const runner = newRunner();
  await runner.start();
  onTestFinished(() => runner.stop(0));
  await vi.waitFor(() => expect(good.received).toHaveLength(20), 8_000);
  expect(silent.every(({ received: message }) => message.length <= 1)).toBe(true);
});

test("is not stopped by a message that nobody can read, which is a dead letter, nor by a channel whose settings nobody can", async () => {
  const [theirs, ours] = [await newWorkspace(db), await newWorkspace(db)];
  const good = await newListener();
  const settings = { kind: "webhook" as const, url: good.url };
  for (const ctx of [theirs, ours]) await newReceiver(ctx, "good", [{ settings }]);
  const { channelIds } = await newReceiver(theirs, "broken", [{ settings }]);
  await page(theirs, "good", 3);
  await page(theirs, "broken", 1);
  await page(ours, "good", 2);
  await db
    .update(notifications)
    .set({ message: { title: 7 } as never })
    .where(
      and(eq(notifications.workspaceId, theirs.actor.workspaceId), like(notifications.deduplicationKey, "good-0%")),
    );
  await db
    .update(channels)
    .set({ settings: { kind: "pigeon" } as never })
    .where(eq(channels.id, channelIds[0] as string));
  const runner = newRunner();
  await runner.start();
  onTestFinished(() => runner.stop(0));
  await vi.waitFor(() => expect(good.received).toHaveLength(4), 8_000);
  const dead = await db.select().from(notifications).where(eq(notifications.state, "dead"));
  expect(dead).toMatchObject([
    { workspaceId: theirs.actor.workspaceId, nextAttemptAt: null, note: "Could not read the stored message." },
  ]);
  await vi.waitFor(async () => {
    const aside = await db.select().from(setAsideItems).where(eq(setAsideItems.watcher, "notifications"));
    expect(aside).toMatchObject([{ item: expect.stringContaining("lane"), attempts: expect.any(Number) }]);
  });
});

test("resends everything of a crashed worker after its lease expires", async () => {
  const ctx = await newWorkspace(db);
  let isHanging = true;
  const { url, received: message } = await newListener(() => (isHanging ? { afterMs: 60_000 } : {}));
  await newReceiver(ctx, "on-call", [{ settings: { kind: "webhook", url } }]);
  await page(ctx, "on-call", 5);
  const first = newRunner();
  await first.start();
  await vi.waitFor(() => expect(message.length).toBeGreaterThan(0), 5_000);
  const before = message.length;
  // Killed: it claims no more, and its messages in flight are lost.
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
  const keys = message.map(({ body }) => body.groupKey);
  expect(new Set(keys).size).toBe(5);
  expect(keys).toHaveLength(5 + before);
});

test("sends each message once with two workers, and those of a group in order", async () => {
  const ctx = await newWorkspace(db);
  const { url, received: change } = await newListener(() => ({ afterMs: 5 }));
  await newReceiver(ctx, "on-call", [{ settings: { kind: "webhook", url } }]);
  const groupId = crypto.randomUUID();
  for (let index = 0; index < 8; index += 1) {
    // Calls are not replaced by newer ones.
    const message = newMessage({ title: `${index}`, alerts: [] });
    const notification = {
      kind: "escalation" as const,
      severity: "page",
      message,
      groupId,
      deduplicationKey: `call-${index}`,
    };
    await enqueueNotification(ctx, { to: { receiver: "on-call" }, ...notification });
  }
  await page(ctx, "on-call", 30);
  const runners = [newRunner(), newRunner()];
  onTestFinished(async () => void (await Promise.all(runners.map((runner) => runner.stop(0)))));
  await Promise.all(runners.map((runner) => runner.start()));
  await vi.waitFor(() => expect(change.length).toBeGreaterThanOrEqual(38), 15_000);
  expect(change).toHaveLength(38);
  const calls = change.flatMap(({ body }) => {
    const [alert] = body.alerts as { labels: { alertname: string }; annotations: { summary: string } }[];
    return alert?.labels.alertname === "LeewayNotice" ? [alert.annotations.summary] : [];
  });
  expect(calls).toEqual(["0", "1", "2", "3", "4", "5", "6", "7"]);
});
