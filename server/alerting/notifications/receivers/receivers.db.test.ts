import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { channels, notifications } from "#db/schema/index.ts";
import { readAuditLog } from "#server/admin/audit-log/queries.ts";
import { configureLog } from "#server/base/log.ts";
import { as, inWorkspace } from "#server/testing/testing.ts";
import { retryNotification } from "../../../respond/delivery/retry-notification.ts";
import { testChannel } from "../../../respond/delivery/test-channel.ts";
import {
  newListener,
  newMessage,
  newOutside,
  newReceiver,
  sendAll,
} from "../../../testing/fixtures/notifications/testing.ts";
import { enqueueNotification } from "../enqueue-notification.ts";
import { listNotifications } from "../queries.ts";
import { archiveReceiver } from "./archive-receiver.ts";
import { channelSecret } from "./channel-secrets.ts";
import { createReceiver } from "./create-receiver.ts";
import { getReceiver, listReceivers } from "./queries.ts";
import { updateReceiver } from "./update-receiver.ts";

configureLog({ role: "test", level: "silent" });

const rules = { allowsPrivate: true };
const hook = "http://127.0.0.1:1/services/T0/B0/the-secret";
const input = {
  name: "on-call",
  channels: [
    { settings: { kind: "slack-hook" as const }, secret: hook },
    { settings: { kind: "email" as const, to: ["a@x.test"] } },
    { settings: { kind: "webhook" as const, url: "http://127.0.0.1:1/in?key=the-secret" }, secret: "the-secret" },
  ],
};

test(
  "keeps channels in order, and hides secrets, also in the audit log",
  inWorkspace(async (ctx) => {
    const { id, channels } = await createReceiver(ctx, input, rules);
    expect(channels.map(({ settings, hasSecret }) => [settings.kind, hasSecret])).toEqual([
      ["slack-hook", true],
      ["email", false],
      ["webhook", true],
    ]);
    expect(JSON.stringify(channels)).not.toContain("B0");
    const { events } = await readAuditLog(ctx, { limit: 10 });
    expect(events[0]?.action).toBe("receiver.created");
    expect(JSON.stringify(events)).not.toContain("B0");
    // The key in a webhook's address is visible only to users who may edit it.
    expect(JSON.stringify(await getReceiver(as(ctx, "viewer"), id))).not.toContain("the-secret");
  }),
);

test.each([
  [{ kind: "slack-hook" as const }, undefined, "channels.0.secret"],
  [{ kind: "slack-hook" as const }, "ftp://x.test/", "channels.0.secret"],
  [{ kind: "slack-bot" as const, channel: "#a" }, "not-a-token", "channels.0.secret"],
  [{ kind: "pagerduty" as const }, "short", "channels.0.secret"],
  [{ kind: "webhook" as const, url: "http://10.0.0.1/" }, undefined, "channels.0.settings.url"],
  [
    { kind: "webhook" as const, url: "https://127.0.0.1/", authorization: "bearer" as const },
    undefined,
    "channels.0.secret",
  ],
  [
    { kind: "webhook" as const, url: "https://127.0.0.1/", authorization: "bearer" as const },
    "a\nb",
    "channels.0.secret",
  ],
])("rejects a channel %o with the secret %s at its field", (settings, secret, field) =>
  inWorkspace(async (ctx) => {
    const wrong = { name: "x", channels: [{ settings, ...(secret && { secret }) }] };
    const strict = { allowsPrivate: settings.kind !== "webhook" || "authorization" in settings };
    await expect(createReceiver(ctx, wrong, strict)).rejects.toMatchObject({ code: "invalid", field });
    expect(await listReceivers(ctx)).toEqual([]);
  })(),
);

test(
  "keeps channels with an id and their secret, adds new ones, and removes the rest",
  inWorkspace(async (ctx) => {
    const { id: receiverId, channels: before } = await createReceiver(ctx, input, rules);
    const [slack, email] = before;
    const changed = {
      receiverId,
      channels: [
        { id: slack?.id, settings: { kind: "slack-hook" as const, sendsResolved: false } },
        { id: email?.id, settings: { kind: "email" as const, to: ["b@x.test"] }, isEnabled: false },
        { settings: { kind: "pagerduty" as const }, secret: "0".repeat(32) },
      ],
    };
    const after = await updateReceiver(ctx, changed, rules);
    expect(after.channels).toMatchObject([
      { id: slack?.id, settings: { sendsResolved: false }, hasSecret: true, disabledAt: null },
      { id: email?.id, settings: { to: ["b@x.test"] }, disabledAt: expect.any(Date) },
      { settings: { kind: "pagerduty" }, hasSecret: true },
    ]);
    const [row] = await ctx.db
      .select()
      .from(channels)
      .where(eq(channels.id, slack?.id ?? ""));
    expect(row && (await channelSecret(ctx.db, row))).toBe(hook);
    const other = {
      receiverId,
      channels: [{ id: slack?.id, settings: { kind: "slack-bot" as const, channel: "#a" } }],
    };
    await expect(updateReceiver(ctx, other, rules)).rejects.toMatchObject({ field: "channels.0.secret" });
    const foreign = { receiverId, channels: [{ id: crypto.randomUUID(), settings: { kind: "slack-hook" as const } }] };
    await expect(updateReceiver(ctx, foreign, rules)).rejects.toMatchObject({ field: "channels.0" });
  }),
);

test(
  "keeps a token for its host, never signs with it, and requires it again for another host",
  inWorkspace(async (ctx) => {
    const there = { kind: "webhook" as const, url: "http://127.0.0.1:1/in", authorization: "bearer" as const };
    const made = await createReceiver(
      ctx,
      { name: "there", channels: [{ settings: there, secret: "the-token" }] },
      rules,
    );
    const channel = made.channels[0]?.id ?? "";
    const secret = async () => {
      const [row] = await ctx.db.select().from(channels).where(eq(channels.id, channel));
      return row && channelSecret(ctx.db, row);
    };
    const change = (settings: object) =>
      updateReceiver(
        ctx,
        { receiverId: made.id, channels: [{ id: channel, settings: { ...there, ...settings } }] },
        rules,
      );
    await change({ url: "http://127.0.0.1:1/other" });
    expect(await secret()).toBe("the-token");
    await expect(change({ url: "http://127.0.0.1:2/in" })).rejects.toMatchObject({ field: "channels.0.secret" });
    expect(await secret()).toBe("the-token");
    await change({ authorization: "signature" });
    expect(await secret()).toBeNull();
  }),
);

test(
  "cancels notifications of an archived receiver, and frees its name",
  inWorkspace(async (ctx) => {
    const { id: receiverId } = await createReceiver(ctx, input, rules);
    await expect(createReceiver(ctx, input, rules)).rejects.toMatchObject({ code: "conflict", field: "name" });
    const page = {
      to: { receiverId },
      kind: "group" as const,
      severity: "page",
      message: newMessage(),
      deduplicationKey: "1",
    };
    await enqueueNotification(ctx, page);
    await archiveReceiver(ctx, { receiverId });
    await sendAll(ctx, newOutside());
    const { notifications: all } = await listNotifications(ctx, {});
    expect(new Set(all.map(({ state, note }) => `${state}: ${note}`))).toEqual(
      new Set(["cancelled: Its channel is disabled."]),
    );
    expect(await listReceivers(ctx)).toEqual([]);
    await expect(archiveReceiver(ctx, { receiverId })).rejects.toMatchObject({ code: "not-found" });
    const again = await createReceiver(ctx, { name: "on-call" }, rules);
    expect(again).toMatchObject({ id: receiverId, channels: [] });
  }),
);

test(
  "sends a test immediately and logs it, delivered or not",
  inWorkspace(async (ctx) => {
    let status = 200;
    const { url, received: message } = await newListener(() => ({ status }));
    const { channelIds } = await newReceiver(ctx, "on-call", [{ settings: { kind: "webhook", url } }]);
    const channelId = channelIds[0] ?? "";
    expect(await testChannel(ctx, { channelId }, newOutside())).toMatchObject({ isDelivered: true, status: 200 });
    status = 404;
    expect(await testChannel(ctx, { channelId }, newOutside())).toMatchObject({ isDelivered: false, status: 404 });
    expect(message).toHaveLength(2);
    const { notifications: log } = await listNotifications(ctx, { channelId });
    expect(log.map(({ kind, state, attempts }) => [kind, state, attempts[0]?.status])).toEqual([
      ["test", "dead", 404],
      ["test", "delivered", 200],
    ]);
    const [receiver] = await listReceivers(ctx);
    expect(receiver?.channels[0]).toMatchObject({
      outbox: { pending: 0, dead: 1, held: 0 },
      lastDeliveredAt: expect.any(Date),
    });
    await expect(testChannel(ctx, { channelId: crypto.randomUUID() }, newOutside())).rejects.toMatchObject({
      code: "not-found",
    });
  }),
);

test(
  "resends a dead letter, unless a newer state of the group was sent",
  inWorkspace(async (ctx) => {
    let status = 404;
    const { url } = await newListener(() => ({ status }));
    await newReceiver(ctx, "on-call", [{ settings: { kind: "webhook", url } }]);
    const groupId = crypto.randomUUID();
    const page = {
      to: { receiver: "on-call" },
      kind: "group" as const,
      severity: "page",
      message: newMessage(),
      groupId,
    };
    const [notificationId = ""] = await enqueueNotification(ctx, { ...page, deduplicationKey: "1" });
    await expect(retryNotification(ctx, { notificationId })).rejects.toMatchObject({ code: "conflict" });
    await sendAll(ctx, newOutside());
    status = 200;
    await retryNotification(ctx, { notificationId });
    await sendAll(ctx, newOutside());
    const states = async () => (await listNotifications(ctx, { groupId })).notifications.map(({ state }) => state);
    expect(await states()).toEqual(["delivered"]);
    await ctx.db.update(notifications).set({ state: "dead" });
    await enqueueNotification(ctx, { ...page, deduplicationKey: "2" });
    await sendAll(ctx, newOutside());
    await expect(retryNotification(ctx, { notificationId })).rejects.toThrow("newer state");
    await expect(retryNotification(as(ctx, "viewer"), { notificationId })).rejects.toMatchObject({ code: "forbidden" });
  }),
);

test(
  "lists the log in pages",
  inWorkspace(async (ctx) => {
    await newReceiver(ctx, "on-call", [{ settings: { kind: "email", to: ["a@x.test"] } }]);
    for (const title of ["1", "2", "3", "4", "5"]) {
      const message = newMessage({ title });
      await enqueueNotification(ctx, {
        to: { receiver: "on-call" },
        kind: "notice",
        severity: "ticket",
        message,
        deduplicationKey: title,
      });
    }
    const titles: string[] = [];
    let after: string | undefined;
    do {
      const page = await listNotifications(ctx, { limit: 2, ...(after && { after }) });
      titles.push(...page.notifications.map(({ title }) => title));
      after = page.next;
    } while (after);
    expect(titles).toEqual(["5", "4", "3", "2", "1"]);
    const [receiver] = await listReceivers(ctx);
    expect(receiver?.channels[0]?.outbox.pending).toBe(5);
  }),
);
