import { asc, eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { channels, contactMethods, notifications } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { newAlert, newMessage, newReceiver } from "../../testing/fixtures/notifications/testing.ts";
import { enqueueChange, enqueueNotification, type NewNotification } from "./enqueue-notification.ts";

const email = { kind: "email" as const, to: ["ml@example.test"], sendsResolved: false };
const hook = { kind: "slack-hook" as const, sendsResolved: true };

const newNotification = (more: Partial<NewNotification> = {}): NewNotification => ({
  to: { receiver: "on-call" },
  kind: "group",
  severity: "page",
  message: newMessage(),
  deduplicationKey: "flush-1",
  ...more,
});

const outbox = (ctx: Context) =>
  ctx.db
    .select()
    .from(notifications)
    .where(eq(notifications.workspaceId, ctx.actor.workspaceId))
    .orderBy(asc(notifications.sequence));

test(
  "adds one row per channel of a receiver, and none for the same decision again",
  inWorkspace(async (ctx) => {
    const { channelIds } = await newReceiver(ctx, "on-call", [{ settings: email }, { settings: hook, secret: "x" }]);
    expect(await enqueueNotification(ctx, newNotification())).toHaveLength(2);
    expect(await enqueueNotification(ctx, newNotification())).toEqual([]);
    expect((await outbox(ctx)).map(({ channelId }) => channelId)).toEqual(channelIds);
  }),
);

test(
  "adds nothing to the outbox if the decision is rolled back",
  inWorkspace(async (ctx) => {
    await newReceiver(ctx, "on-call", [{ settings: hook }]);
    const failing = transact(ctx, async (ctx) => {
      await enqueueNotification(ctx, newNotification());
      throw new Error("later");
    });
    await expect(failing).rejects.toThrow("later");
    expect(await outbox(ctx)).toEqual([]);
  }),
);

test(
  "sends only firing alerts to a channel without resolutions, and nothing for an unknown or empty receiver",
  inWorkspace(async (ctx) => {
    const { channelIds } = await newReceiver(ctx, "on-call", [{ settings: email }]);
    const resolved = newAlert("b", { status: "resolved", endsAt: new Date() });
    await enqueueNotification(ctx, newNotification({ message: newMessage({ alerts: [newAlert("a"), resolved] }) }));
    await enqueueNotification(
      ctx,
      newNotification({ deduplicationKey: "2", message: newMessage({ status: "resolved", alerts: [resolved] }) }),
    );
    const some = newMessage({ reason: "some alerts resolved", alerts: [newAlert("a"), resolved] });
    expect(await enqueueNotification(ctx, newNotification({ deduplicationKey: "some", message: some }))).toEqual([]);
    expect(await outbox(ctx)).toMatchObject([{ message: { alerts: [{ status: "firing" }] } }]);
    expect(await enqueueNotification(ctx, newNotification({ to: { receiver: "nobody" } }))).toEqual([]);
    await ctx.db
      .update(channels)
      .set({ disabledAt: new Date() })
      .where(eq(channels.id, channelIds[0] ?? ""));
    expect(await enqueueNotification(ctx, newNotification({ deduplicationKey: "3" }))).toEqual([]);
  }),
);

test(
  "notifies a user at the account's address, or by each chosen channel",
  inWorkspace(async (ctx) => {
    const { id: userId, workspaceId } = ctx.actor;
    await enqueueNotification(ctx, newNotification({ to: { userId } }));
    const [first] = await outbox(ctx);
    expect(first).toMatchObject({ channelId: null, userId, address: expect.stringContaining("@example.test") });
    const bot = { kind: "slack-bot" as const, channel: "C1", sendsResolved: true };
    const { channelIds } = await newReceiver(ctx, "bots", [{ settings: bot, secret: "xoxb-1" }]);
    const slack = { kind: "slack" as const, channelId: channelIds[0] ?? "", member: "U7" };
    const email = { kind: "email" as const, address: "night@example.test" };
    await ctx.db.insert(contactMethods).values({ workspaceId, userId, methods: [slack, email] });
    await enqueueNotification(ctx, newNotification({ to: { userId }, deduplicationKey: "2" }));
    const ways = (await outbox(ctx)).slice(1).map(({ channelId, address }) => ({ channelId, address }));
    expect(ways).toEqual([
      { channelId: channelIds[0], address: "U7" },
      { channelId: null, address: "night@example.test" },
    ]);
    // A deleted channel leaves the account's address.
    await ctx.db.update(contactMethods).set({ methods: [{ ...slack, channelId: crypto.randomUUID() }] });
    await enqueueNotification(ctx, newNotification({ to: { userId }, deduplicationKey: "3" }));
    expect((await outbox(ctx)).at(-1)?.address).toBe(first?.address);
  }),
);

test(
  "sends changes to PagerDuty channels that accept them",
  inWorkspace(async (ctx) => {
    const of = (sendsChanges: boolean) => ({
      settings: { kind: "pagerduty" as const, per: "group" as const, sendsChanges, sendsResolved: true },
      secret: "a".repeat(32),
    });
    const { channelIds } = await newReceiver(ctx, "on-call", [of(true), of(false), { settings: hook }]);
    await enqueueChange(ctx, { message: newMessage({ status: "info", groupKey: "" }), deduplicationKey: "decision-1" });
    expect((await outbox(ctx)).map(({ channelId, kind }) => ({ channelId, kind }))).toEqual([
      { channelId: channelIds[0], kind: "change" },
    ]);
  }),
);
