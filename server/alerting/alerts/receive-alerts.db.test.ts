import { and, asc, eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { alertEvents, alertGroupMembers, alertGroups, alerts, notifications } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { minuteMs } from "#server/base/durations.ts";
import { notifyAfterChange } from "#server/respond/paging/notify-after-change.ts";
import { respondDue } from "#server/respond/paging/response-watcher.ts";
import { newReceiver } from "#server/testing/fixtures/notifications/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { expireDue, flushDue } from "../../respond/dispatch/alert-dispatcher.ts";
import type { GroupSummary, PostedAlert } from "./contract.ts";
import { receiveAlerts } from "./receive-alerts.ts";

const start = Date.parse("2026-05-04T10:00:00Z");
const source = "api";

async function groupsOf(ctx: Context) {
  const rows = await ctx.db.select().from(alertGroups).where(eq(alertGroups.workspaceId, ctx.actor.workspaceId));
  return rows.map((row) => ({ ...row, summary: row.summary as GroupSummary }));
}

async function kindsOf(ctx: Context, fingerprint: string): Promise<string[]> {
  const rows = await ctx.db
    .select({ kind: alertEvents.kind })
    .from(alertEvents)
    .where(and(eq(alertEvents.workspaceId, ctx.actor.workspaceId), eq(alertEvents.fingerprint, fingerprint)))
    .orderBy(asc(alertEvents.id));
  return rows.map(({ kind }) => kind);
}

/** Evaluates in steps of ten seconds from one time to another, so that everything runs when it is due. */
async function evaluatedUntil(ctx: Context, from: number, to: number): Promise<void> {
  for (let now = from; now <= to; now += 10_000) {
    await expireDue(ctx.db, now);
    await flushDue(ctx.db, now);
    await respondDue(ctx.db);
  }
}

test(
  "stores valid alerts despite invalid ones, and reports each problem",
  inWorkspace(async (ctx) => {
    const posted: PostedAlert[] = [
      { labels: { alertname: "A", empty: "" } },
      { labels: {} },
      { labels: { alertname: "B", severity: "critical" } },
    ];
    const { accepted, problems } = await receiveAlerts(ctx, posted, {
      afterChange: notifyAfterChange,
      source,
      now: start,
    });
    expect([accepted, problems]).toEqual([2, [expect.stringContaining("at least one label")]]);
    const rows = await ctx.db.select().from(alerts).orderBy(asc(alerts.severity));
    expect(rows).toMatchObject([
      { labels: { alertname: "B" }, severity: "page", isTimeout: true, ruleKey: "external:B" },
      { labels: { alertname: "A" }, severity: "ticket", isEnded: false },
    ]);
    const groups = (await groupsOf(ctx)).sort((left, right) => left.routePath.localeCompare(right.routePath));
    expect(groups).toMatchObject([
      { routePath: "0", receiver: "on-call", summary: { firing: 1, severity: "page" } },
      { receiver: "tickets", groupKey: '{}/{}:{alertname="A"}', nextFlushAt: new Date(start + 30_000) },
    ]);
    expect(groups[0]?.nextFlushAt).toEqual(new Date(start + 5_000));
  }),
);

test(
  "records no event for a repeated alert, and its end once",
  inWorkspace(async (ctx) => {
    const alert = { labels: { alertname: "A" }, annotations: { summary: "A is high" } };
    await receiveAlerts(ctx, [alert], { afterChange: notifyAfterChange, source, now: start });
    await receiveAlerts(ctx, [alert, alert], { afterChange: notifyAfterChange, source, now: start + minuteMs });
    await receiveAlerts(ctx, [{ ...alert, annotations: { summary: "A is higher" } }], {
      afterChange: notifyAfterChange,
      source,
      now: start + 2 * minuteMs,
    });
    const end = { ...alert, startsAt: new Date(start), endsAt: new Date(start + 3 * minuteMs) };
    const earlier = { ...alert, startsAt: new Date(start - minuteMs) };
    await receiveAlerts(ctx, [earlier], { afterChange: notifyAfterChange, source, now: start + 2.5 * minuteMs });
    for (const later of [3, 4])
      await receiveAlerts(ctx, [end], { afterChange: notifyAfterChange, source, now: start + later * minuteMs });
    const [row] = await ctx.db.select().from(alerts);
    expect(row).toMatchObject({
      startsAt: new Date(start - minuteMs),
      endsAt: new Date(start + 3 * minuteMs),
      isEnded: true,
    });
    expect(await kindsOf(ctx, row?.fingerprint ?? "")).toEqual(["firing", "grouped", "merged", "resolved"]);
    expect((await groupsOf(ctx))[0]?.summary).toMatchObject({ firing: 0, resolved: 1 });
  }),
);

test(
  "accepts internal annotations only from Leeway's own rules",
  inWorkspace(async (ctx) => {
    const alert = (name: string) => ({ labels: { alertname: name }, annotations: { "leeway.internal/burn": "16.7" } });
    await receiveAlerts(ctx, [alert("outside")], { afterChange: notifyAfterChange, source, now: start });
    await receiveAlerts(ctx, [alert("own")], {
      afterChange: notifyAfterChange,
      source: "leeway",
      ruleKey: "rule:1",
      now: start,
    });
    const groups = await groupsOf(ctx);
    const burns = groups.map(({ summary }) => [summary.title, summary.burn, summary.ruleKey]).sort();
    expect(burns).toEqual([
      ["outside", null, "external:outside"],
      ["own", 16.7, "rule:1"],
    ]);
  }),
);

test(
  "reproduces the reference timeline through the outbox, and closes the group once its end is sent",
  inWorkspace(async (ctx) => {
    const settings = {
      kind: "webhook",
      url: "http://127.0.0.1:1/",
      format: "alertmanager",
      maxAlerts: 0,
      sendsResolved: true,
    } as const;
    const { channelIds } = await newReceiver(ctx, "tickets", [{ settings }]);
    const channelId = channelIds[0] as string;
    const alert = (pod: string, from: number, to?: number) => ({
      labels: { alertname: "X", pod },
      startsAt: new Date(start + from * minuteMs),
      endsAt: new Date(start + (to ?? 1000) * minuteMs),
    });
    const post = async (at: number, ...posted: Parameters<typeof alert>) => {
      await evaluatedUntil(ctx, last, start + at * minuteMs - 1);
      last = start + at * minuteMs;
      await receiveAlerts(ctx, [alert(...posted)], { afterChange: notifyAfterChange, source, now: last });
    };
    let last = start;
    await post(0, "A", 0);
    await post(1, "B", 1);
    await post(6, "B", 1, 6);
    await post(11, "C", 11);
    await post(12, "C", 11, 12);
    await post(17, "A", 0, 17);
    await evaluatedUntil(ctx, last, start + 60 * minuteMs);
    const rows = await ctx.db.select().from(notifications).where(eq(notifications.channelId, channelId));
    const received = rows.map(({ deduplicationKey, message }) => {
      const { reason, alerts } = message;
      const at = (Number(/:(\d{13})@/.exec(deduplicationKey)?.[1]) - start) / 1000;
      return [at, reason, ...alerts.map(({ status, labels }) => `${labels.pod} ${status}`).sort()];
    });
    expect(received.sort(([left], [right]) => Number(left) - Number(right))).toEqual([
      [30, "first notification", "A firing"],
      [330, "new alerts added", "A firing", "B firing"],
      [630, "some alerts resolved", "A firing", "B resolved"],
      [930, "some alerts resolved", "A firing", "C resolved"],
      [1230, "all alerts resolved", "A resolved"],
    ]);
    expect(await groupsOf(ctx)).toMatchObject([
      { nextFlushAt: null, endedAt: expect.any(Date), outcome: "all alerts resolved" },
    ]);
    expect(await ctx.db.select().from(alerts).where(eq(alerts.isSettled, false))).toEqual([]);
    expect(await ctx.db.select().from(alertGroupMembers)).toEqual([]);
  }),
);

test(
  "resolves alerts without an end after five minutes, and opens one incident for the first page",
  inWorkspace(async (ctx) => {
    const page = { labels: { alertname: "Down", severity: "page" } };
    await receiveAlerts(ctx, [page], { afterChange: notifyAfterChange, source, now: start });
    await evaluatedUntil(ctx, start, start + minuteMs);
    const [group] = await groupsOf(ctx);
    expect(group).toMatchObject({ incidentId: expect.any(String), outcome: "first notification" });
    await receiveAlerts(ctx, [page], { afterChange: notifyAfterChange, source, now: start + minuteMs });
    await evaluatedUntil(ctx, start + minuteMs, start + 6 * minuteMs - 1);
    expect((await groupsOf(ctx))[0]?.summary.firing).toBe(1);
    await evaluatedUntil(ctx, start + 6 * minuteMs, start + 12 * minuteMs);
    const [after] = await groupsOf(ctx);
    expect(after).toMatchObject({ endedAt: expect.any(Date), incidentId: group?.incidentId, summary: { firing: 0 } });
    const [row] = await ctx.db.select().from(alerts);
    expect(await kindsOf(ctx, row?.fingerprint ?? "")).toEqual(["firing", "grouped", "expired"]);
    // The same again is a new group.
    await receiveAlerts(ctx, [page], { afterChange: notifyAfterChange, source, now: start + 20 * minuteMs });
    expect(await groupsOf(ctx)).toHaveLength(2);
  }),
);
