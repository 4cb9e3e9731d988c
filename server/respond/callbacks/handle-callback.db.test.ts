import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import {
  alertEvents,
  channelCallbacks,
  channels,
  contactMethods,
  escalations,
  timelineEvents,
} from "#db/schema/index.ts";
import { getAlertGroup, listAlertGroups } from "#server/alerting/alerts/groups/queries.ts";
import { receiveAlerts } from "#server/alerting/alerts/receive-alerts.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs } from "#server/base/durations.ts";
import { configureLog } from "#server/base/log.ts";
import { createTeam } from "#server/platform/teams/create-team.ts";
import { expireDue, flushDue } from "#server/respond/dispatch/alert-dispatcher.ts";
import { notifyAfterChange } from "#server/respond/paging/notify-after-change.ts";
import { respondDue } from "#server/respond/paging/response-watcher.ts";
import { setCallbackSecret } from "#server/testing/fixtures/notifications/callbacks/set-callback-secret.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { dedupKey } from "../../alerting/notifications/channels/pagerduty-events.ts";
import { getReceiver } from "../../alerting/notifications/receivers/queries.ts";
import {
  newPagerDutyEvent,
  newSlackPress,
  sentByPagerDuty,
  sentBySlack,
} from "../../testing/fixtures/notifications/callbacks/testing.ts";
import { newReceiver } from "../../testing/fixtures/notifications/testing.ts";
import { handleCallback } from "./handle-callback.ts";

configureLog({ role: "test", level: "silent" });

const secret = "a-signing-secret";

/** Creates a page that was sent via PagerDuty and Slack, with someone on call. */
async function paged(ctx: Context) {
  const { receiverId, channelIds } = await newReceiver(ctx, "on-call", [
    { settings: { kind: "pagerduty" }, secret: "k".repeat(32) },
    { settings: { kind: "slack-bot", channel: "#pages" }, secret: "xoxb-1" },
  ]);
  for (const id of channelIds) await setCallbackSecret(ctx.db, id, secret);
  await createTeam(ctx, { name: "ml", members: [{ userId: ctx.actor.id, part: "lead" }] });
  const now = Date.now();
  const labels = { alertname: "Down", severity: "page", service: "churn" };
  const page = { labels, annotations: { summary: "churn is down" }, endsAt: new Date(now + 9 * hourMs) };
  await receiveAlerts(ctx, [page], { afterChange: notifyAfterChange, source: "api" });
  await flushDue(ctx.db, now + 6_000);
  await respondDue(ctx.db);
  const { groups } = await listAlertGroups(ctx);
  const group = groups[0] as (typeof groups)[number];
  const [pager, slack] = channelIds as [string, string];
  const acknowledge = (more: Parameters<typeof newPagerDutyEvent>[0] = {}) => {
    const event = newPagerDutyEvent({ key: dedupKey(group.groupKey), at: new Date(now + 10_000), ...more });
    return handleCallback(ctx.db, sentByPagerDuty(pager, event, secret), now + 11_000);
  };
  // After the group has started, which is shortly after now.
  const pressedAt = now + 10_000;
  const press = (more: Parameters<typeof newSlackPress>[0] = {}) =>
    handleCallback(
      ctx.db,
      sentBySlack(slack, newSlackPress({ groupId: group.id, ...more }), secret, pressedAt),
      pressedAt,
    );
  return { now, receiverId, pager, slack, groupId: group.id, acknowledge, press };
}

const acksOf = async (ctx: Context, groupId: string) =>
  (await ctx.db.select().from(alertEvents).where(eq(alertEvents.groupId, groupId))).filter(
    ({ kind }) => kind === "ack",
  );

test(
  "acknowledges the group for a PagerDuty acknowledgement, ends pages, and logs it once",
  inWorkspace(async (ctx) => {
    const { groupId, acknowledge, receiverId } = await paged(ctx);
    expect(await acknowledge()).toMatchObject({ isDone: true, isRepeated: false });
    const { acknowledgement } = await getAlertGroup(ctx, { groupId });
    expect(acknowledgement).toMatchObject({ by: "Tenex Engineer (PagerDuty)", userId: null });
    expect(await ctx.db.select().from(escalations)).toMatchObject([{ ended: "acknowledged" }]);
    const timeline = await ctx.db.select().from(timelineEvents).where(eq(timelineEvents.kind, "ack"));
    expect(timeline).toMatchObject([{ actorName: "Tenex Engineer (PagerDuty)" }]);
    expect(await acknowledge()).toMatchObject({ isDone: false, isRepeated: true });
    expect(await acksOf(ctx, groupId)).toHaveLength(1);
    const shown = (await getReceiver(ctx, receiverId)).channels[0]?.answers;
    expect(shown).toMatchObject({ hasSecret: true, refusedAt: null });
    expect(shown?.lastOutcome).toBe("Acknowledged by Tenex Engineer (PagerDuty).");
    expect(shown?.lastAt).toBeInstanceOf(Date);
  }),
);

test(
  "acknowledges and notes a PagerDuty resolution, and keeps the alert firing",
  inWorkspace(async (ctx) => {
    const { groupId, acknowledge } = await paged(ctx);
    expect(await acknowledge({ type: "incident.resolved" })).toMatchObject({ isDone: true });
    expect(await getAlertGroup(ctx, { groupId })).toMatchObject({
      state: "acknowledged",
      acknowledgement: { by: "Tenex Engineer (PagerDuty)" },
    });
    const events = await ctx.db.select().from(alertEvents).where(eq(alertEvents.kind, "outside"));
    expect(events).toMatchObject([{ groupId, actor: "Tenex Engineer (PagerDuty)" }]);
  }),
);

test(
  "pages again when an acknowledgement ends in PagerDuty",
  inWorkspace(async (ctx) => {
    const { groupId, acknowledge } = await paged(ctx);
    await acknowledge({ id: "1" });
    expect(await acknowledge({ id: "2", type: "incident.unacknowledged", agent: null })).toMatchObject({
      isDone: true,
      outcome: "Unacknowledged by Acknowledgement timeout (PagerDuty).",
    });
    expect(await getAlertGroup(ctx, { groupId })).toMatchObject({ state: "firing", acknowledgement: null });
    expect((await ctx.db.select().from(escalations)).map(({ ended }) => ended).sort()).toEqual(["acknowledged", null]);
    // Without an acknowledgement there is nothing to end, and no error for PagerDuty.
    expect(await acknowledge({ id: "3", type: "incident.unacknowledged" })).toMatchObject({ isDone: false });
  }),
);

test(
  "matches a PagerDuty incident without a key by its title",
  inWorkspace(async (ctx) => {
    const { groupId, acknowledge } = await paged(ctx);
    expect(await acknowledge({ id: "1", key: null, title: "Something else" })).toMatchObject({ isDone: false });
    expect(await acknowledge({ id: "2", key: null, title: "PAGE · churn · churn is down" })).toMatchObject({
      isDone: true,
    });
    expect(await acksOf(ctx, groupId)).toHaveLength(1);
  }),
);

test(
  "acknowledges the group for one of its alerts with its own incident",
  inWorkspace(async (ctx) => {
    const { groupId, acknowledge } = await paged(ctx);
    const { groupKey } = await getAlertGroup(ctx, { groupId });
    expect(await acknowledge({ key: `${dedupKey(groupKey)}:8a07086b74f3ba78` })).toMatchObject({ isDone: true });
  }),
);

test(
  "maps a Slack button press to the matching user and their rights, or else to the Slack name",
  inWorkspace(async (ctx) => {
    const { groupId, press, slack } = await paged(ctx);
    const { workspaceId, id: userId, name } = ctx.actor;
    const methods = [{ kind: "slack" as const, channelId: slack, member: "UA8RXUSPL" }];
    await ctx.db.insert(contactMethods).values({ workspaceId, userId, methods });
    expect(await press()).toMatchObject({ isDone: true });
    expect((await getAlertGroup(ctx, { groupId })).acknowledgement).toMatchObject({
      by: name,
      userId,
      note: "In Slack.",
    });
    expect(await press({ member: "U2" })).toMatchObject({ isDone: true });
    const { acknowledgement } = await getAlertGroup(ctx, { groupId });
    expect(acknowledgement).toMatchObject({ by: name, alsoInvestigating: [{ by: "jtorrance (Slack)" }] });
  }),
);

test(
  "ignores a resolved or foreign group and an old message without an error",
  inWorkspace(async (ctx) => {
    const { now, acknowledge, press, pager } = await paged(ctx);
    const other = await newWorkspace(ctx.db);
    const theirs = await newReceiver(other, "on-call", [
      { settings: { kind: "slack-hook" }, secret: "https://x.test/" },
    ]);
    for (const id of theirs.channelIds) await setCallbackSecret(ctx.db, id, secret);
    const { groups } = await listAlertGroups(ctx);
    const stolen = newSlackPress({ groupId: groups[0]?.id ?? "" });
    const sent = sentBySlack(theirs.channelIds[0] ?? "", stolen, secret, now);
    expect(await handleCallback(ctx.db, sent, now)).toMatchObject({
      isDone: false,
      outcome: expect.stringContaining("No matching open"),
    });
    const old = newPagerDutyEvent({ id: "old", at: new Date(now - 2 * dayMs) });
    expect((await handleCallback(ctx.db, sentByPagerDuty(pager, old, secret), now)).outcome).toContain(
      "more than a day old",
    );
    // The acknowledgement precedes this episode.
    expect(await acknowledge({ id: "before", at: new Date(now - hourMs) })).toMatchObject({ isDone: false });
    expect(groups[0]?.acknowledgement).toBeNull();
    await expireDue(ctx.db, now + 10 * hourMs);
    await flushDue(ctx.db, now + 10 * hourMs);
    expect(await press()).toMatchObject({ isDone: false });
  }),
);

test(
  "rejects a wrong signature, another secret and an unknown address alike, and shows the first two",
  inWorkspace(async (ctx) => {
    const { now, pager, slack, receiverId, groupId } = await paged(ctx);
    const event = sentByPagerDuty(pager, newPagerDutyEvent({}), "another-secret");
    const late = sentBySlack(slack, newSlackPress({ groupId }), secret, now - 301_000);
    const unknown = { ...sentByPagerDuty(pager, newPagerDutyEvent({}), secret), channelId: receiverId };
    const changed = { ...sentByPagerDuty(pager, newPagerDutyEvent({}), secret), body: Buffer.from("{}") };
    for (const one of [event, late, unknown, changed]) {
      await expect(handleCallback(ctx.db, one, now)).rejects.toMatchObject({ code: "not-found" });
    }
    const shown = (await getReceiver(ctx, receiverId)).channels.map(({ answers: predictions }) =>
      predictions?.refusedAt?.getTime(),
    );
    expect(shown).toEqual([now, now]);
    expect(await ctx.db.select().from(channelCallbacks)).toEqual([]);
    const junk = sentByPagerDuty(pager, { messages: [] }, secret);
    await expect(handleCallback(ctx.db, junk, now)).rejects.toMatchObject({ code: "invalid" });
    await ctx.db.update(channels).set({ callbackSecret: null }).where(eq(channels.id, pager));
    const right = sentByPagerDuty(pager, newPagerDutyEvent({}), secret);
    await expect(handleCallback(ctx.db, right, now)).rejects.toMatchObject({ code: "not-found" });
  }),
);
