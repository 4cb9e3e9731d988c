import { asc, eq, inArray } from "drizzle-orm";
import { expect, test } from "vitest";
import { alertGroups, notifications, silences } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs, minuteMs } from "#server/base/durations.ts";
import { notifyAfterChange } from "#server/respond/paging/notify-after-change.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { listAlerts } from "../../alerting/alerts/alert-queries.ts";
import { listAlertGroups } from "../../alerting/alerts/groups/queries.ts";
import { parseMatchers } from "../../alerting/alerts/matchers/parse-matchers.ts";
import { receiveAlerts } from "../../alerting/alerts/receive-alerts.ts";
import { flushDue, maintainDue, turnDue } from "../dispatch/alert-dispatcher.ts";
import { openIncident } from "../incidents/open-incident.ts";
import { listTimeline } from "../incidents/timeline/queries.ts";
import { createSilenceRecurrence } from "./create-silence-recurrence.ts";
import { endSilenceRecurrence } from "./end-silence-recurrence.ts";
import { expireSilence } from "./expire-silence.ts";
import { listSilenceRecurrences, listSilences } from "./queries.ts";
import { findMatching } from "./refresh-matching.ts";
import { setSilence } from "./set-silence.ts";

const comment = "load test";

async function fire(ctx: Context, ...names: string[]) {
  const endsAt = new Date(Date.now() + 10 * dayMs);
  const alerts = names.map((alertname) => ({ labels: { alertname, severity: "ticket", env: "prod" }, endsAt }));
  await receiveAlerts(ctx, alerts, { afterChange: notifyAfterChange, source: "api" });
}

function createSilenceInput(text: string, { from = 0, to = hourMs } = {}) {
  const now = Date.now();
  return { matchers: parseMatchers(text), startsAt: new Date(now + from), endsAt: new Date(now + to), comment };
}

test(
  "mutes immediately, counts muted alerts, and notifies again at its end",
  inWorkspace(async (ctx) => {
    await fire(ctx, "A", "B");
    const silence = await setSilence(ctx, createSilenceInput("alertname=A"));
    expect(silence).toMatchObject({ state: "active", muting: 1, muted: 1, createdBy: ctx.actor.name });
    const { groups } = await listAlertGroups(ctx, { states: ["muted"] });
    expect(groups).toMatchObject([{ summary: { title: "A", muted: 1 } }]);
    expect((await listAlerts(ctx, { matchers: parseMatchers("alertname=A") })).alerts).toMatchObject([
      { silencedBy: [silence.id], groups: [{ receiver: "tickets" }] },
    ]);
    await flushDue(ctx.db, Date.now() + minuteMs);
    const rows = await ctx.db.select().from(alertGroups).orderBy(asc(alertGroups.groupKey));
    expect(rows.map(({ outcome }) => outcome)).toEqual(["all alerts are muted", "first notification"]);
    expect(await expireSilence(ctx, { silenceId: silence.id })).toMatchObject({ state: "expired", muting: 0 });
    expect((await listAlertGroups(ctx, { states: ["muted"] })).groups).toEqual([]);
    await flushDue(ctx.db, Date.now() + 6 * minuteMs);
    const [first] = await ctx.db.select().from(alertGroups).orderBy(asc(alertGroups.groupKey));
    expect(first?.outcome).toBe("first notification");
  }),
);

test.each([
  ["severity=ticket, alertname=A", ["A"]],
  ['severity=ticket, pod=""', ["A", "B"]],
  ["alertname!=A", ["B"]],
  ["alertname=~A|C, env=prod", ["A"]],
  ["alertname=A, alertname=B", []],
  ["env=test", []],
  ['alertname="A\0"', []],
])("mutes what %s matches", (text, expected) =>
  inWorkspace(async (ctx) => {
    await fire(ctx, "A", "B");
    const matchers = parseMatchers(text);
    const { firing, matched, groupIds } = await findMatching(ctx, [matchers], Date.now());
    expect({ firing, matched }).toEqual({ firing: 2, matched: expected.length });
    const groups = await ctx.db.select().from(alertGroups).where(inArray(alertGroups.id, groupIds));
    expect(groups.map(({ summary }) => summary.title).sort()).toEqual(expected);
  })(),
);

test(
  "tells the timeline only of alerts that the silence mutes, and how many of them",
  inWorkspace(async (ctx) => {
    const endsAt = new Date(Date.now() + dayMs);
    const alerts = ["1", "2"].map((pod) => ({ labels: { alertname: "Down", severity: "page", pod }, endsAt }));
    await receiveAlerts(ctx, alerts, { afterChange: notifyAfterChange, source: "api" });
    const groups = await ctx.db.select().from(alertGroups).where(eq(alertGroups.workspaceId, ctx.actor.workspaceId));
    expect(groups).toHaveLength(1);
    const groupId = groups[0]?.id as string;
    const { number } = await openIncident(ctx, { groupId, title: "Down", startedAt: new Date() });
    const notes = async () => (await listTimeline(ctx, { number, kinds: ["silence"] })).map(({ title }) => title);
    await setSilence(ctx, createSilenceInput("alertname=Down", { from: hourMs, to: 2 * hourMs }));
    expect(await notes()).toEqual([]);
    const first = await setSilence(ctx, createSilenceInput("pod=1"));
    expect(await notes()).toEqual([expect.stringMatching(/^1 of 2 firing alerts silenced until .* UTC: load test$/)]);
    // The note of a changed silence is about what it mutes now, not about what it muted.
    await setSilence(ctx, { id: first.id, ...createSilenceInput("pod=3") });
    expect(await notes()).toHaveLength(1);
    await setSilence(ctx, createSilenceInput("alertname=Down"));
    expect((await notes()).at(-1)).toMatch(/^Silenced until /);
  }),
);

test(
  "starts and ends on time through the worker",
  inWorkspace(async (ctx) => {
    await fire(ctx, "A");
    await setSilence(ctx, createSilenceInput("alertname=A", { from: minuteMs, to: 2 * minuteMs }));
    const muted = async () => (await listAlertGroups(ctx, { states: ["muted"] })).groups.length;
    const now = Date.now();
    expect(await muted()).toBe(0);
    await turnDue(ctx.db, { since: now - 1, now: now + 1.5 * minuteMs });
    expect(await muted()).toBe(1);
    await turnDue(ctx.db, { since: now + 1.5 * minuteMs, now: now + 3 * minuteMs });
    expect(await muted()).toBe(0);
  }),
);

test(
  "keeps the ID of a silence when past muting stays valid, and creates another one otherwise",
  inWorkspace(async (ctx) => {
    const first = await setSilence(ctx, createSilenceInput("alertname=A"));
    const longer = { ...createSilenceInput("alertname=A", { to: 2 * hourMs }), startsAt: first.startsAt };
    expect((await setSilence(ctx, { id: first.id, ...longer })).id).toBe(first.id);
    const other = await setSilence(ctx, { id: first.id, ...createSilenceInput("alertname=B") });
    expect(other.id).not.toBe(first.id);
    expect(await listSilences(ctx)).toMatchObject([
      { id: other.id, state: "active" },
      { id: first.id, state: "expired" },
    ]);
    const unknown = setSilence(ctx, { id: "00000000-0000-4000-8000-000000000000", ...createSilenceInput("a=b") });
    await expect(unknown).rejects.toMatchObject({ code: "not-found" });
  }),
);

test(
  "lists active silences by end, pending ones by start, then expired ones",
  inWorkspace(async (ctx) => {
    const late = await setSilence(ctx, createSilenceInput("a=1", { to: 3 * hourMs }));
    const soon = await setSilence(ctx, createSilenceInput("a=2"));
    const tomorrow = await setSilence(ctx, createSilenceInput("a=3", { from: dayMs, to: 2 * dayMs }));
    const tonight = await setSilence(ctx, createSilenceInput("a=4", { from: hourMs, to: 5 * dayMs }));
    const over = await setSilence(ctx, createSilenceInput("a=5"));
    await expireSilence(ctx, { silenceId: over.id });
    const ids = (await listSilences(ctx)).map(({ id }) => id);
    expect(ids).toEqual([soon, late, tonight, tomorrow, over].map(({ id }) => id));
    expect(await listSilences(ctx, { states: ["pending"] })).toHaveLength(2);
    expect(await listSilences(ctx, { matchers: parseMatchers("a=~[12]") })).toHaveLength(2);
  }),
);

test(
  "requires confirming the count to mute more than half of the firing alerts in several groups",
  inWorkspace(async (ctx) => {
    await fire(ctx, "A", "B", "C");
    await expect(setSilence(ctx, createSilenceInput("env=prod"))).rejects.toMatchObject({
      code: "conflict",
      field: "confirm",
    });
    await expect(setSilence(ctx, { ...createSilenceInput("env=prod"), confirm: 2 })).rejects.toThrow("3 of 3");
    expect(await setSilence(ctx, { ...createSilenceInput("env=prod"), confirm: 3 })).toMatchObject({ muting: 3 });
    const wire = { ...createSilenceInput("alertname=~A|B"), annotations: { "leeway.internal/confirm": "2" } };
    expect((await setSilence(ctx, wire)).annotations).toEqual({});
  }),
);

test(
  "notifies the creator 15 min before the end of a silence over an hour that mutes something, once",
  inWorkspace(async (ctx) => {
    await fire(ctx, "A");
    await setSilence(ctx, createSilenceInput("alertname=A", { to: 2 * hourMs }));
    await setSilence(ctx, createSilenceInput("alertname=Nothing", { to: 2 * hourMs }));
    const now = Date.now();
    const notices = () => ctx.db.select().from(notifications).where(eq(notifications.kind, "notice"));
    await maintainDue(ctx.db, now + 100 * minuteMs);
    expect(await notices()).toEqual([]);
    for (const later of [106, 107]) await maintainDue(ctx.db, now + later * minuteMs);
    expect(await notices()).toMatchObject([
      { userId: ctx.actor.id, message: { title: expect.stringContaining("expires at") } },
    ]);
  }),
);

test(
  "creates a recurring silence a day ahead, once each, even after one was expired",
  inWorkspace(async (ctx) => {
    const now = Date.now();
    const again = {
      matchers: parseMatchers("alertname=A"),
      rule: "FREQ=DAILY;COUNT=3",
      timeZone: "Europe/Berlin",
      comment,
      startsAt: new Date(now + hourMs),
      durationMs: hourMs,
    };
    const { id, next } = await createSilenceRecurrence(ctx, again);
    expect(next).toHaveLength(3);
    const made = () => ctx.db.select().from(silences).where(eq(silences.recurrenceId, id)).orderBy(silences.startsAt);
    const [first] = await made();
    expect(first).toMatchObject({ startsAt: again.startsAt, annotations: { "leeway.internal/recurrence": id } });
    await expireSilence(ctx, { silenceId: first?.id as string });
    for (const later of [2 * minuteMs, 2.5 * hourMs, dayMs + 2 * hourMs]) await maintainDue(ctx.db, now + later);
    expect(await made()).toHaveLength(3);
    await endSilenceRecurrence(ctx, { recurrenceId: id });
    // Occurrences that have not started are deleted.
    expect(await made()).toHaveLength(1);
    expect(await listSilenceRecurrences(ctx)).toMatchObject([{ id, endedAt: expect.any(Date), next: [] }]);
    const never = { ...again, rule: "FREQ=DAILY;UNTIL=20200101", startsAt: new Date(now - 10 * dayMs) };
    await expect(createSilenceRecurrence(ctx, never)).rejects.toMatchObject({ field: "rule" });
    await expect(createSilenceRecurrence(ctx, { ...again, timeZone: "Mars/Base" })).rejects.toMatchObject({
      field: "timeZone",
    });
  }),
);
