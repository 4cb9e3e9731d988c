import { asc, eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { alertEvents, alertGroups, escalations, incidents, notifications } from "#db/schema/index.ts";
import type { Message } from "#server/alerting/notifications/contract.ts";
import type { Context } from "#server/base/context.ts";
import { hourMs, minuteMs } from "#server/base/durations.ts";
import { createTeam } from "#server/platform/teams/create-team.ts";
import { notifyAfterChange } from "#server/respond/paging/notify-after-change.ts";
import { newReceiver } from "#server/testing/fixtures/notifications/testing.ts";
import { as, inWorkspace } from "#server/testing/testing.ts";
import { acknowledgeGroup } from "../../../respond/acknowledgement/acknowledge-group.ts";
import { unacknowledgeGroup } from "../../../respond/acknowledgement/unacknowledge-group.ts";
import { expireDue, flushDue, maintainDue } from "../../../respond/dispatch/alert-dispatcher.ts";
import { respondDue } from "../../../respond/paging/response-watcher.ts";
import type { PostedAlert } from "../contract.ts";
import { receiveAlerts } from "../receive-alerts.ts";
import { getAlertGroup, listAlertGroups } from "./queries.ts";

const settings = { kind: "webhook", url: "http://127.0.0.1:1/", format: "alertmanager", maxAlerts: 0 } as const;
const page = (pod: string): PostedAlert => ({
  labels: { alertname: "Down", severity: "page", service: "churn", pod },
  annotations: { summary: "churn is down" },
  endsAt: new Date(Date.now() + 100 * hourMs),
});

/** Creates a notified page, with a team to call. */
async function paged(ctx: Context) {
  await newReceiver(ctx, "on-call", [{ settings: { ...settings, sendsResolved: true } }]);
  await createTeam(ctx, { name: "ml", members: [{ userId: ctx.actor.id, part: "lead" }] });
  const start = Date.now();
  await receiveAlerts(ctx, [page("a")], { afterChange: notifyAfterChange, source: "api" });
  await flushDue(ctx.db, start + 6_000);
  await respondDue(ctx.db);
  const { groups } = await listAlertGroups(ctx);
  return { start, groupId: groups[0]?.id as string };
}

async function notifiedOf(ctx: Context): Promise<[string, string, string][]> {
  const rows = await ctx.db.select().from(notifications).orderBy(asc(notifications.sequence));
  return rows.map(({ kind, message }) => [kind, (message as Message).status, (message as Message).reason]);
}

async function eventKinds(ctx: Context, groupId: string): Promise<string[]> {
  const rows = await ctx.db
    .select()
    .from(alertEvents)
    .where(eq(alertEvents.groupId, groupId))
    .orderBy(asc(alertEvents.id));
  return rows.map(({ kind }) => kind);
}

test(
  "opens an incident and escalates for a page; acknowledging ends this and notifies the channels once",
  inWorkspace(async (ctx) => {
    const { groupId } = await paged(ctx);
    expect(await ctx.db.select().from(escalations)).toMatchObject([{ groupId, endedAt: null }]);
    expect(await ctx.db.select().from(incidents)).toMatchObject([{ state: "triage", title: "churn is down" }]);
    const group = await acknowledgeGroup(ctx, { groupId, note: "looking" });
    expect(group).toMatchObject({ state: "acknowledged", acknowledgement: { by: ctx.actor.name, severity: "page" } });
    expect(await ctx.db.select().from(escalations)).toMatchObject([{ ended: "acknowledged" }]);
    expect(await ctx.db.select().from(incidents)).toMatchObject([{ state: "active" }]);
    const other = { ...ctx, actor: { ...ctx.actor, name: "Bo" } };
    const second = await acknowledgeGroup(other, { groupId });
    expect(second.acknowledgement).toMatchObject({ by: ctx.actor.name, alsoInvestigating: [{ by: "Bo" }] });
    expect(await notifiedOf(ctx)).toEqual([
      ["group", "firing", "first notification"],
      ["acknowledged", "acknowledged", ""],
    ]);
    expect(await eventKinds(ctx, groupId)).toEqual(["grouped", "notified", "flushed", "linked", "ack", "ack"]);
  }),
);

test(
  "stops repeats, still notifies of new alerts, and escalates again after unacknowledging",
  inWorkspace(async (ctx) => {
    const { groupId, start } = await paged(ctx);
    await acknowledgeGroup(ctx, { groupId, until: new Date(start + 50 * hourMs) });
    await flushDue(ctx.db, start + 5 * hourMs);
    expect(await notifiedOf(ctx)).toHaveLength(2);
    await receiveAlerts(ctx, [page("b")], { afterChange: notifyAfterChange, source: "api", now: start + 6 * hourMs });
    await flushDue(ctx.db, start + 6 * hourMs);
    expect((await notifiedOf(ctx)).at(-1)).toEqual(["group", "firing", "new alerts added"]);
    await unacknowledgeGroup(ctx, { groupId });
    expect((await getAlertGroup(ctx, { groupId })).state).toBe("firing");
    const calls = await ctx.db.select().from(escalations);
    expect(new Set(calls.map(({ ended }) => ended))).toEqual(new Set(["acknowledged", null]));
    await expect(unacknowledgeGroup(ctx, { groupId })).rejects.toMatchObject({ code: "conflict" });
  }),
);

test(
  "reminds the acknowledging user first, and notifies everyone again ten minutes later",
  inWorkspace(async (ctx) => {
    const { groupId, start } = await paged(ctx);
    await acknowledgeGroup(ctx, { groupId, until: new Date(start + hourMs) });
    await maintainDue(ctx.db, start + hourMs - 1);
    expect(await notifiedOf(ctx)).toHaveLength(2);
    for (const later of [0, minuteMs]) await maintainDue(ctx.db, start + hourMs + later);
    const rows = await ctx.db.select().from(notifications).orderBy(asc(notifications.sequence));
    expect(rows.slice(2)).toMatchObject([{ kind: "notice", userId: ctx.actor.id }]);
    await maintainDue(ctx.db, start + hourMs + 10 * minuteMs);
    expect((await getAlertGroup(ctx, { groupId })).acknowledgement).toBeNull();
    await flushDue(ctx.db, start + hourMs + 10 * minuteMs);
    expect((await notifiedOf(ctx)).at(-1)).toEqual(["group", "firing", "repeat interval elapsed"]);
    expect(await ctx.db.$count(escalations)).toBe(2);
  }),
);

test(
  "ends the acknowledgement with the alerts, and rejects one for a resolved group",
  inWorkspace(async (ctx) => {
    const { groupId, start } = await paged(ctx);
    await acknowledgeGroup(ctx, { groupId });
    const now = start + 10_000;
    await receiveAlerts(ctx, [{ ...page("a"), startsAt: new Date(start), endsAt: new Date(now) }], {
      afterChange: notifyAfterChange,
      source: "api",
      now,
    });
    const [row] = await ctx.db.select().from(alertGroups);
    expect(row).toMatchObject({ acknowledgement: null, summary: { firing: 0, resolved: 1 } });
    await expireDue(ctx.db, now);
    await flushDue(ctx.db, start + 6 * minuteMs);
    expect((await notifiedOf(ctx)).at(-1)).toEqual(["group", "resolved", "all alerts resolved"]);
    await expect(acknowledgeGroup(ctx, { groupId })).rejects.toMatchObject({ code: "conflict" });
    const { groups } = await listAlertGroups(ctx, { states: ["resolved"] });
    expect(groups).toMatchObject([{ id: groupId, state: "resolved", nextFlushAt: null, nextRepeatAt: null }]);
  }),
);

test(
  "rejects a viewer, and an end in the past",
  inWorkspace(async (ctx) => {
    const { groupId } = await paged(ctx);
    await expect(acknowledgeGroup(as(ctx, "viewer"), { groupId })).rejects.toMatchObject({ code: "forbidden" });
    await expect(acknowledgeGroup(ctx, { groupId, until: new Date(0) })).rejects.toMatchObject({ field: "until" });
  }),
);

test(
  "lists pages first, then by burn rate and reach, and continues from a cursor",
  inWorkspace(async (ctx) => {
    const ticket = (name: string, burn: number, severity = "ticket"): PostedAlert => ({
      labels: { alertname: name, severity },
      annotations: { summary: name, "leeway.internal/burn": String(burn), "leeway.internal/reach": "0.5" },
    });
    const alerts = [ticket("slow", 1), ticket("fast", 14), ticket("worst", 2, "page"), ticket("middle", 3)];
    await receiveAlerts(ctx, alerts, { afterChange: notifyAfterChange, source: "leeway" });
    const titles: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listAlertGroups(ctx, { limit: 1, ...(cursor && { cursor }) });
      titles.push(...page.groups.map(({ summary }) => summary.title));
      cursor = page.next;
    } while (cursor);
    expect(titles).toEqual(["worst", "fast", "middle", "slow"]);
    expect((await listAlertGroups(ctx, { severity: "page" })).groups).toHaveLength(1);
    expect((await listAlertGroups(ctx, { search: "MIDD" })).groups).toMatchObject([{ summary: { title: "middle" } }]);
    expect((await listAlertGroups(ctx, { states: ["muted", "acknowledged"] })).groups).toEqual([]);
    await expect(listAlertGroups(ctx, { cursor: "x" })).rejects.toMatchObject({ code: "invalid" });
  }),
);
