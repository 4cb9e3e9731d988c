import { asc, eq, sql } from "drizzle-orm";
import { Registry } from "prom-client";
import { expect, test } from "vitest";
import { notificationAttempts, notifications } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { configureLog } from "#server/base/log.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { deliverNotification } from "../../../respond/delivery/deliver-notification.ts";
import { settle } from "../../../respond/delivery/outbox/settle.ts";
import { registerOutboxGauges } from "../../../respond/delivery/outbox-gauges.ts";
import { observePlatform } from "../../../respond/rules/kinds/observe-platform.ts";
import {
  newAlert,
  newListener,
  newMessage,
  newOutside,
  newReceiver,
  sendAll,
} from "../../../testing/fixtures/notifications/testing.ts";
import type { Message } from "../contract.ts";
import { enqueueNotification, type NewNotification } from "../enqueue-notification.ts";
import { listReceivers } from "../receivers/queries.ts";
import { claimNotifications } from "./claim-notifications.ts";
import { dueTurns } from "./due-turns.ts";

configureLog({ role: "test", level: "silent" });

const groupId = crypto.randomUUID();
const [a, b] = [newAlert("a"), newAlert("b")];
const endedA = { ...a, status: "resolved" as const, endsAt: new Date() };

let count = 0;
function notify(ctx: Context, message: Partial<Message>, more: Partial<NewNotification> = {}): Promise<string[]> {
  count += 1;
  const kind = message.status === "acknowledged" ? "acknowledged" : "group";
  const notification = {
    to: { receiver: "on-call" },
    kind,
    severity: "page",
    groupId,
    deduplicationKey: `decision-${count}`,
  } as const;
  return enqueueNotification(ctx, { ...notification, message: newMessage(message), ...more });
}

const outbox = (ctx: Context) =>
  ctx.db
    .select()
    .from(notifications)
    .where(eq(notifications.workspaceId, ctx.actor.workspaceId))
    .orderBy(asc(notifications.sequence));

/** Lets the given number of seconds pass for pending notifications. */
const pass = (ctx: Context, seconds: number) =>
  ctx.db.update(notifications).set({
    nextAttemptAt: sql`${notifications.nextAttemptAt} - make_interval(secs => ${seconds})`,
    leaseEndsAt: sql`${notifications.leaseEndsAt} - make_interval(secs => ${seconds})`,
  });

const webhook = (url: string, more: object = {}) => ({ settings: { kind: "webhook" as const, url, ...more } });

test(
  "sends the newest of the states that wait for an unreachable endpoint, and how many it replaces",
  inWorkspace(async (ctx) => {
    let status = 503;
    const { url, received: message } = await newListener(() => ({ status }));
    await newReceiver(ctx, "on-call", [webhook(url)]);
    await notify(ctx, { alerts: [a] });
    await sendAll(ctx, newOutside());
    expect(await outbox(ctx)).toMatchObject([{ state: "pending", attempts: 1, deliveredAt: null }]);
    status = 200;
    await notify(ctx, { alerts: [a, b] });
    await notify(ctx, { alerts: [endedA, b] });
    await sendAll(ctx, newOutside());
    expect((await outbox(ctx)).map(({ state, supersedes }) => [state, supersedes])).toEqual([
      ["cancelled", 0],
      ["delivered", 1],
      ["delivered", 0],
    ]);
    const statuses = message
      .slice(1)
      .map(({ body }) => (body.alerts as Message["alerts"]).map((alert) => alert.status));
    expect(statuses).toEqual([
      ["firing", "firing"],
      ["resolved", "firing"],
    ]);
  }),
);

test(
  "sends an undelivered page before its resolution, in order",
  inWorkspace(async (ctx) => {
    const { url, received: message } = await newListener();
    await newReceiver(ctx, "on-call", [webhook(url)]);
    await notify(ctx, { alerts: [a] });
    await notify(ctx, { status: "resolved", alerts: [endedA] });
    await sendAll(ctx, newOutside());
    expect(message.map(({ body }) => body.status)).toEqual(["firing", "resolved"]);
  }),
);

test(
  "does not claim messages behind one in flight or waiting",
  inWorkspace(async (ctx) => {
    const { url } = await newListener(() => ({ status: 500 }));
    await newReceiver(ctx, "on-call", [webhook(url)]);
    await notify(ctx, { alerts: [a] });
    const [turn = ""] = await dueTurns(ctx.db);
    const { claimed } = await claimNotifications(ctx.db, turn, 4);
    expect(claimed).toHaveLength(1);
    await notify(ctx, { status: "resolved", alerts: [endedA] });
    expect((await claimNotifications(ctx.db, turn, 4)).claimed).toEqual([]);
    await deliverNotification(ctx, claimed[0]?.id ?? "", newOutside());
    expect(await dueTurns(ctx.db)).toEqual([]);
  }),
);

test(
  "claims an expired lease by another worker, and logs a possible duplicate",
  inWorkspace(async (ctx) => {
    const { url, received: message } = await newListener();
    await newReceiver(ctx, "on-call", [webhook(url)]);
    const [id = ""] = await notify(ctx, { alerts: [a] });
    const [turn = ""] = await dueTurns(ctx.db);
    await claimNotifications(ctx.db, turn, 4);
    expect(await dueTurns(ctx.db)).toEqual([]);
    await pass(ctx, 31);
    const claims = await claimNotifications(ctx.db, turn, 4);
    expect(claims).toMatchObject({ claimed: [{ id }], resent: 1 });
    await deliverNotification(ctx, id, newOutside());
    const attempts = await ctx.db
      .select()
      .from(notificationAttempts)
      .where(eq(notificationAttempts.notificationId, id));
    expect(attempts.map(({ error }) => error)).toContainEqual(expect.stringContaining("may arrive twice"));
    expect(message).toHaveLength(1);
  }),
);

test(
  "records the delivered result if two workers sent the same message",
  inWorkspace(async (ctx) => {
    const predictions = [{ status: 500 }, { status: 200 }];
    const { url } = await newListener((_, times) => predictions[times - 1] ?? {});
    await newReceiver(ctx, "on-call", [webhook(url)]);
    const [id = ""] = await notify(ctx, { alerts: [a] });
    const [turn = ""] = await dueTurns(ctx.db);
    await claimNotifications(ctx.db, turn, 4);
    const [row] = await outbox(ctx);
    await deliverNotification(ctx, id, newOutside());
    // The first worker reports a failure late; the second worker's message has arrived.
    await ctx.db.update(notifications).set({ attempts: 0, leaseEndsAt: row?.leaseEndsAt ?? null });
    await deliverNotification(ctx, id, newOutside());
    const late = { outcome: "failed" as const, durationMs: 1, status: 500, answer: null, error: null };
    await settle(ctx, row as NonNullable<typeof row>, late, "webhook");
    expect(await outbox(ctx)).toMatchObject([{ state: "delivered" }]);
  }),
);

test(
  "dead-letters a refused message immediately, and a failing one after a day",
  inWorkspace(async (ctx) => {
    const { url } = await newListener(({ body }) => ({ status: body.groupKey === "refused" ? 404 : 503 }));
    await newReceiver(ctx, "on-call", [webhook(url)]);
    await notify(ctx, { groupKey: "refused" }, { groupId: crypto.randomUUID() });
    await notify(ctx, { groupKey: "down" });
    await sendAll(ctx, newOutside());
    const states = async () => (await outbox(ctx)).map(({ state, note }) => [state, note]);
    expect(await states()).toEqual([
      ["dead", "Permanently rejected: The server responded with 404."],
      ["pending", ""],
    ]);
    const longAgo = sql`now() - interval '25 hours'`;
    await ctx.db.update(notifications).set({ expiresAt: sql`now()`, createdAt: longAgo });
    await pass(ctx, 60);
    await sendAll(ctx, newOutside());
    expect((await states())[1]).toEqual(["dead", "Not delivered within one day: The server responded with 503."]);
    // It dies a day after it was created, and is shown for a day after that.
    expect((await listReceivers(ctx))[0]?.channels[0]?.outbox).toMatchObject({ dead: 2 });
    const seen = await observePlatform(ctx, { kind: "platform", on: ["notifications-dead"] }, Date.now());
    expect(seen).toContainEqual(expect.objectContaining({ part: "notifications-dead", isTrue: true, value: 2 }));
    const registry = new Registry();
    registerOutboxGauges(ctx.db, registry);
    expect(await registry.metrics()).toContain('leeway_notifications_dead{channel="webhook"} 2');
    await ctx.db.update(notifications).set({ diedAt: longAgo });
    expect((await listReceivers(ctx))[0]?.channels[0]?.outbox).toMatchObject({ dead: 0 });
  }),
);

test(
  "delays only the rate-limited channel for as long as the response requires",
  inWorkspace(async (ctx) => {
    const limited = await newListener(() => ({ status: 429, headers: { "Retry-After": "300" } }));
    const free = await newListener();
    await newReceiver(ctx, "on-call", [webhook(limited.url), webhook(free.url)]);
    for (const groupKey of ["1", "2", "3"]) await notify(ctx, { groupKey }, { groupId: crypto.randomUUID() });
    const [turn = ""] = (await outbox(ctx)).map((row) => row.turn);
    const { claimed } = await claimNotifications(ctx.db, turn, 1);
    await deliverNotification(ctx, claimed[0]?.id ?? "", newOutside());
    await sendAll(ctx, newOutside());
    expect(limited.received).toHaveLength(1);
    expect(free.received).toHaveLength(3);
    await pass(ctx, 299);
    expect(await dueTurns(ctx.db)).toEqual([]);
    await pass(ctx, 2);
    expect(await dueTurns(ctx.db)).toEqual([turn]);
  }),
);

test(
  "sends every page but only a digest of tickets beyond the cap of a channel",
  inWorkspace(async (ctx) => {
    const { url, received: message } = await newListener();
    await newReceiver(ctx, "on-call", [webhook(url, { maxPerHour: 2 })]);
    for (const groupKey of ["1", "2", "3", "4", "5"]) {
      const ticket = { groupKey, title: `ticket ${groupKey}`, severity: "ticket" };
      await notify(ctx, ticket, { severity: "ticket", groupId: crypto.randomUUID() });
    }
    await notify(ctx, { groupKey: "p" });
    await sendAll(ctx, newOutside());
    expect(message.map(({ body }) => body.groupKey).toSorted()).toEqual(["1", "2", "p"]);
    const rows = await outbox(ctx);
    expect(rows.filter(({ state }) => state === "capped")).toHaveLength(3);
    expect(rows.at(-1)).toMatchObject({ kind: "notice", state: "pending", supersedes: 3 });
    await pass(ctx, 3600);
    await sendAll(ctx, newOutside());
    const summary = expect.stringMatching(/^3 messages rate-limited since \d\d:00 UTC$/);
    const description = expect.stringContaining("ticket 3\nticket 4\nticket 5");
    expect(message.at(-1)?.body.alerts).toMatchObject([{ annotations: { summary, description } }]);
  }),
);

test(
  "sends the resolution of a notified ticket beyond the cap",
  inWorkspace(async (ctx) => {
    const { url, received: message } = await newListener();
    await newReceiver(ctx, "on-call", [webhook(url, { maxPerHour: 1 })]);
    await notify(ctx, { alerts: [a], severity: "ticket" }, { severity: "ticket" });
    await sendAll(ctx, newOutside());
    await notify(ctx, { status: "resolved", alerts: [endedA], severity: "ticket" }, { severity: "ticket" });
    await sendAll(ctx, newOutside());
    expect(message.map(({ body }) => body.status)).toEqual(["firing", "resolved"]);
  }),
);

test(
  "edits the bot message of the group, but not that of its escalation",
  inWorkspace(async (ctx) => {
    const { url: slackUrl, received: message } = await newListener((_, ts) => ({
      body: JSON.stringify({ ok: true, channel: "C1", ts: String(ts) }),
    }));
    await newReceiver(ctx, "on-call", [{ settings: { kind: "slack-bot", channel: "#pages" }, secret: "xoxb-1" }]);
    await notify(ctx, { alerts: [a] });
    await sendAll(ctx, newOutside({ slackUrl }));
    await notify(ctx, { alerts: [] }, { kind: "escalation" });
    await sendAll(ctx, newOutside({ slackUrl }));
    await notify(ctx, { status: "resolved", alerts: [endedA] });
    await sendAll(ctx, newOutside({ slackUrl }));
    expect(message.map(({ path, body }) => [path, body.ts])).toEqual([
      ["/chat.postMessage", undefined],
      ["/chat.postMessage", undefined],
      ["/chat.update", "1"],
    ]);
  }),
);

test(
  "sends pages before tickets that have waited longer",
  inWorkspace(async (ctx) => {
    const { url, received: message } = await newListener();
    await newReceiver(ctx, "on-call", [webhook(url)]);
    await notify(ctx, { groupKey: "ticket" }, { severity: "ticket", groupId: crypto.randomUUID() });
    await notify(ctx, { groupKey: "page" });
    const [turn = ""] = await dueTurns(ctx.db);
    const { claimed } = await claimNotifications(ctx.db, turn, 1);
    await deliverNotification(ctx, claimed[0]?.id ?? "", newOutside());
    expect(message[0]?.body.groupKey).toBe("page");
  }),
);
