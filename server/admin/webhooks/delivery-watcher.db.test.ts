import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { eq, isNotNull, sql } from "drizzle-orm";
import { expect, onTestFinished, test, vi } from "vitest";
import { webhookDeliveries, webhooks } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { configureLog } from "#server/base/log.ts";
import type { ChangeMessage, EventFeed } from "#server/platform/events/listen.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { newReceiver } from "../../testing/fixtures/webhooks/testing.ts";
import { claimDeliveries, dueReceivers } from "./claim-deliveries.ts";
import { deliveryWatcher } from "./delivery-watcher.ts";

configureLog({ role: "test", level: "silent" });

/** Starts a receiver that accepts connections and never responds. */
async function newSilentReceiver() {
  const requested: unknown[] = [];
  const server = createServer((request) => requested.push(request));
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  onTestFinished(close);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, asked: requested, close };
}

/** Adds the given number of deliveries to the outbox of a new webhook. @returns its id */
async function newOutbox(ctx: Context, url: string, count: number, more: { url?: string } = {}): Promise<string> {
  const { workspaceId } = ctx.actor;
  const [hook] = await ctx.db
    .insert(webhooks)
    .values({ workspaceId, name: "hook", url, events: ["*"] })
    .returning({ id: webhooks.id });
  const webhookId = hook?.id ?? "";
  const row = { workspaceId, webhookId, event: "run.finished", body: "{}", nextAttemptAt: new Date(0), ...more };
  await ctx.db.insert(webhookDeliveries).values(Array.from({ length: count }, () => row));
  return webhookId;
}

function newFeed() {
  const hearing = new Set<(message: ChangeMessage) => void>();
  const feed: Pick<EventFeed, "subscribe"> = {
    subscribe: (onMessage) => {
      hearing.add(onMessage);
      return () => hearing.delete(onMessage);
    },
  };
  const emit = (message: ChangeMessage) => {
    for (const onMessage of hearing) onMessage(message);
  };
  return { feed, emit };
}

test("delivers to one receiver despite twenty unresponsive ones, with one request per receiver", async () => {
  const { db } = await freshDatabase();
  const ctx = await newWorkspace(db);
  const dead = await Promise.all(Array.from({ length: 20 }, newSilentReceiver));
  for (const { url } of dead) await newOutbox(ctx, url, 5);
  const { feed, emit } = newFeed();
  const runner = deliveryWatcher({ db, feed, rules: { allowsPrivate: true } });
  await runner.start();
  onTestFinished(() => runner.stop(0));
  await vi.waitFor(
    () => expect(dead.map(({ asked: requested }) => requested.length)).toEqual(dead.map(() => 1)),
    5_000,
  );
  const { url, received } = await newReceiver(200);
  const webhookId = await newOutbox(ctx, url, 30);
  emit({ workspaceId: ctx.actor.workspaceId, topic: "deliveries", id: ctx.actor.workspaceId });
  const delivered = () => db.$count(webhookDeliveries, eq(webhookDeliveries.state, "delivered"));
  await vi.waitFor(async () => expect(await delivered()).toBe(30), 8_000);
  expect(received).toHaveLength(30);
  expect(
    new Set(
      (await db.select().from(webhookDeliveries).where(eq(webhookDeliveries.webhookId, webhookId))).map(
        ({ attempts }) => attempts,
      ),
    ),
  ).toEqual(new Set([1]));
  // None of the others has timed out in the meantime.
  expect(dead.map(({ asked: requested }) => requested.length)).toEqual(dead.map(() => 1));
  for (const { close } of dead) close();
  await runner.stop(5);
  // Deliveries in flight at the stop are recorded and rescheduled.
  expect(await db.$count(webhookDeliveries, eq(webhookDeliveries.attempts, 1))).toBe(50);
});

test(
  "leases a delivery to one worker until the lease expires, then to another",
  inWorkspace(async (ctx) => {
    await newOutbox(ctx, "http://127.0.0.1:1/", 3);
    const [receiver = ""] = await dueReceivers(ctx.db);
    const first = await claimDeliveries(ctx.db, new Map([[receiver, 2]]));
    const second = await claimDeliveries(ctx.db, new Map([[receiver, 2]]));
    expect([first.length, second.length]).toEqual([2, 1]);
    expect(new Set([...first, ...second].map(({ id }) => id)).size).toBe(3);
    expect(await dueReceivers(ctx.db)).toEqual([]);
    const earlier = sql`${webhookDeliveries.nextAttemptAt} - interval '60 seconds'`;
    await ctx.db.update(webhookDeliveries).set({ nextAttemptAt: earlier }).where(isNotNull(webhookDeliveries.id));
    expect(await claimDeliveries(ctx.db, new Map([[receiver, 9]]))).toHaveLength(3);
  }),
);

test(
  "treats each host named by a delivery as a receiver, however the URL is written",
  inWorkspace(async (ctx) => {
    const own = await newOutbox(ctx, "http://127.0.0.1:1/", 2);
    const named = await newOutbox(ctx, "", 1, { url: "HTTPS://A.test:8443/x/y?z" });
    expect((await dueReceivers(ctx.db)).toSorted()).toEqual([own, `${named} https://a.test:8443`].toSorted());
  }),
);
