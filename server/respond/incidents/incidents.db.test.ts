import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { alertGroups, incidents, timelineEvents } from "#db/schema/index.ts";
import { readMessage } from "#server/alerting/notifications/stored-message.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs } from "#server/base/durations.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { newReceiver } from "#server/testing/fixtures/notifications/testing.ts";
import { as, inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import {
  listNotifications,
  newEmailReceiver,
  newGroup,
  newIncident,
} from "../../testing/fixtures/incidents/testing.ts";
import { addAction } from "./actions/add-action.ts";
import { listActions } from "./actions/queries.ts";
import { updateAction } from "./actions/update-action.ts";
import { declareIncident } from "./declare-incident.ts";
import { linkIncident } from "./links/link-incident.ts";
import { unlinkIncident } from "./links/unlink-incident.ts";
import { moveIncident } from "./move-incident.ts";
import { getIncident, listIncidents } from "./queries.ts";
import { setIncidentSeverity } from "./set-severity.ts";
import { similarIncidents } from "./similar/queries.ts";
import { addNote } from "./timeline/add-note.ts";
import { addTimelineEvent } from "./timeline/add-timeline-event.ts";
import { editTimelineEvent } from "./timeline/edit-timeline-event.ts";
import { listTimeline } from "./timeline/queries.ts";
import { updateIncident } from "./update-incident.ts";

const declared = (ctx: Context, title = "churn rejects requests") => declareIncident(ctx, { title, severity: "SEV3" });
const titles = async (ctx: Context, number: number) => (await listTimeline(ctx, { number })).map(({ title }) => title);

test(
  "is declared by a user once per key, and for an alert group without an incident",
  inWorkspace(async (ctx) => {
    const input = { title: "churn rejects requests", severity: "SEV2" as const, note: "seen by support" };
    const first = await declareIncident(ctx, input, "key");
    expect(await declareIncident(ctx, input, "key")).toMatchObject({ number: first.number, state: "triage" });
    expect(first).toMatchObject({ isFoundByMachine: false, pagedAt: null, moves: ["active", "cancelled"] });
    const groupId = await newGroup(ctx);
    const second = await declareIncident(ctx, { ...input, groupId });
    expect(second).toMatchObject({ number: 2, isFoundByMachine: true, links: [{ kind: "alert-group", ref: groupId }] });
    await expect(declareIncident(ctx, { ...input, groupId })).rejects.toMatchObject({ code: "conflict" });
    const later = declareIncident(ctx, { ...input, startedAt: new Date(Date.now() + hourMs) });
    await expect(later).rejects.toMatchObject({ code: "invalid", field: "startedAt" });
    const { incidents } = await listIncidents(ctx, { isOpen: true, limit: 1 });
    expect(incidents.map(({ number }) => number)).toEqual([2]);
    expect((await listIncidents(await newWorkspace(ctx.db))).incidents).toEqual([]);
  }),
);

test(
  "changes state as the table allows, with timestamps, and reopens within a day",
  inWorkspace(async (ctx) => {
    const { number } = await declared(ctx);
    await expect(moveIncident(ctx, { number, to: "mitigated" })).rejects.toMatchObject({
      code: "conflict",
      field: "to",
    });
    const active = await moveIncident(ctx, { number, to: "active" });
    expect(active).toMatchObject({ state: "active", acknowledgedAt: expect.any(Date) });
    const stale = moveIncident(ctx, { number, to: "resolved", revision: active.revision - 1 });
    await expect(stale).rejects.toMatchObject({ code: "conflict" });
    const resolved = await moveIncident(ctx, { number, to: "resolved", reason: "the load was repeated" });
    expect(resolved.mitigatedAt).toEqual(resolved.resolvedAt);
    const again = await moveIncident(ctx, { number, to: "active", reason: "it fails again" });
    expect(again).toMatchObject({ mitigatedAt: null, resolvedAt: null });
    await moveIncident(ctx, { number, to: "resolved" });
    await ctx.db.update(incidents).set({ resolvedAt: new Date(Date.now() - dayMs - hourMs) });
    await expect(moveIncident(ctx, { number, to: "active" })).rejects.toThrow("within 24\u00a0h");
    expect(await moveIncident(ctx, { number, to: "closed" })).toMatchObject({ state: "closed", moves: [] });
    expect(await titles(ctx, number)).toEqual([
      expect.stringContaining("Declared as SEV3"),
      "Active",
      "Resolved: the load was repeated",
      "Reopened: it fails again",
      "Resolved",
      "Closed",
    ]);
    await expect(moveIncident(as(ctx, "viewer"), { number, to: "active" })).rejects.toMatchObject({
      code: "forbidden",
    });
  }),
);

test(
  "notifies paged users again when the severity is raised, but not when it is lowered",
  inWorkspace(async (ctx) => {
    await newEmailReceiver(ctx, "night-shift");
    const { id, number, groupId } = await newIncident(ctx);
    await ctx.db.update(alertGroups).set({ receiver: "night-shift" }).where(eq(alertGroups.id, groupId));
    await setIncidentSeverity(ctx, { number, severity: "SEV3", reason: "a way around" });
    expect(await listNotifications(ctx, id)).toEqual([]);
    await setIncidentSeverity(ctx, { number, severity: "SEV1", reason: "all users" });
    expect(await listNotifications(ctx, id)).toMatchObject([
      {
        kind: "incident",
        severity: "page",
        message: { title: `SEV1 · INC-${number} · churn fails`, status: "firing" },
      },
    ]);
    await expect(setIncidentSeverity(ctx, { number, severity: "SEV1" })).rejects.toMatchObject({ field: "severity" });
    expect(await titles(ctx, number)).toContain("Raised from SEV3 to SEV1: all users");
  }),
);

test(
  "notifies the end of an incident to those who were notified of its raised severity, once",
  inWorkspace(async (ctx) => {
    const { channelIds } = await newReceiver(ctx, "on-call", [
      { settings: { kind: "pagerduty" }, secret: "k".repeat(32) },
      { settings: { kind: "email", to: ["a@x.test"], sendsResolved: false } },
    ]);
    const { id, number } = await newIncident(ctx);
    await moveIncident(ctx, { number, to: "active" });
    await setIncidentSeverity(ctx, { number, severity: "SEV1" });
    await moveIncident(ctx, { number, to: "resolved" });
    await moveIncident(ctx, { number, to: "active" });
    await moveIncident(ctx, { number, to: "cancelled" });
    const rows = (await listNotifications(ctx, id)).sort((a, b) => a.sequence - b.sequence);
    expect(
      rows.map(({ channelId, message }) => [channelIds.indexOf(channelId ?? ""), readMessage(message).status]),
    ).toEqual([
      [0, "firing"],
      [1, "firing"],
      [0, "resolved"],
      [0, "resolved"],
    ]);
    expect(new Set(rows.map(({ lane }) => lane)).size).toBe(1);
    const quiet = await newIncident(ctx);
    await moveIncident(ctx, { number: quiet.number, to: "cancelled" });
    expect(await listNotifications(ctx, quiet.id)).toEqual([]);
  }),
);

test(
  "supersedes corrected events, including the probable cause",
  inWorkspace(async (ctx) => {
    const { number, id } = await declared(ctx);
    const { id: eventId } = await addNote(ctx, { number, title: "disk full", at: new Date(Date.now() - 60_000) });
    const edited = await editTimelineEvent(ctx, { number, eventId, title: "the disk was full", isProbableCause: true });
    expect(edited).toMatchObject({ supersedes: eventId, isProbableCause: true, kind: "note" });
    const lost = editTimelineEvent(ctx, { number, eventId, title: "no" });
    await expect(lost).rejects.toMatchObject({ code: "conflict" });
    expect(await titles(ctx, number)).toEqual(["the disk was full", expect.stringContaining("Declared")]);
    await addTimelineEvent(ctx, id, { kind: "metric", title: "once", deduplicationKey: "k" });
    expect(await addTimelineEvent(ctx, id, { kind: "metric", title: "twice", deduplicationKey: "k" })).toBeUndefined();
    const only = await listTimeline(ctx, { number, kinds: ["metric"] });
    expect(only.map(({ title }) => title)).toEqual(["once"]);
    const ahead = addNote(ctx, { number, title: "x", at: new Date(Date.now() + hourMs) });
    await expect(ahead).rejects.toMatchObject({ field: "at" });
    const elsewhere = await declared(ctx, "another");
    const other = editTimelineEvent(ctx, { number: elsewhere.number, eventId: edited.id, title: "x" });
    await expect(other).rejects.toMatchObject({ code: "not-found" });
  }),
);

test(
  "shows the newest events of a timeline that is too long to show",
  inWorkspace(async (ctx) => {
    const { number, id } = await declared(ctx);
    const { workspaceId } = ctx.actor;
    const start = Date.now() + 1_000;
    const events = Array.from({ length: 2_001 }, (_, index) => ({
      workspaceId,
      incidentId: id,
      at: new Date(start + index),
      kind: "note",
      title: `Event ${index}`,
      actorKind: "system" as const,
      actorName: "Leeway",
      links: [],
    }));
    await ctx.db.insert(timelineEvents).values(events);
    const shown = await titles(ctx, number);
    expect([shown.length, shown[0], shown.at(-1)]).toEqual([2_000, "Event 1", "Event 2000"]);
  }),
);

test(
  "corrects facts with their previous values, and rejects unknown references by field",
  inWorkspace(async (ctx) => {
    const { number, detectedAt } = await declared(ctx);
    const startedAt = new Date(detectedAt.getTime() - 10 * 60_000);
    const updated = await updateIncident(ctx, { number, startedAt, cause: "data", leadId: ctx.actor.id });
    expect(updated).toMatchObject({ startedAt, cause: "data", lead: { name: ctx.actor.name } });
    expect(await titles(ctx, number)).toContain(`${ctx.actor.name} leads`);
    expect((await titles(ctx, number)).join()).toContain("Start corrected");
    const outsider = await newWorkspace(ctx.db);
    const lead = updateIncident(ctx, { number, leadId: outsider.actor.id });
    await expect(lead).rejects.toMatchObject({ code: "not-found", field: "leadId" });
    const late = updateIncident(ctx, { number, startedAt: new Date(detectedAt.getTime() + 1000) });
    await expect(late).rejects.toMatchObject({ code: "invalid", field: "startedAt" });
  }),
);

test(
  "accepts only links to this workspace or a URL",
  inWorkspace(async (ctx) => {
    const { number } = await declared(ctx);
    const theirs = await newGroup(await newWorkspace(ctx.db));
    const foreign = linkIncident(ctx, { number, kind: "alert-group", ref: theirs });
    await expect(foreign).rejects.toMatchObject({ code: "not-found", field: "ref" });
    await expect(linkIncident(ctx, { number, kind: "slo", ref: "no-uuid" })).rejects.toMatchObject({
      code: "not-found",
    });
    await expect(linkIncident(ctx, { number, kind: "issue", ref: "JIRA-7" })).rejects.toMatchObject({
      code: "invalid",
    });
    const own = await newGroup(ctx);
    await linkIncident(ctx, { number, kind: "alert-group", ref: own });
    const linked = await linkIncident(ctx, { number, kind: "issue", ref: "https://issues.test/7", title: "ISSUE-7" });
    expect(linked.links).toMatchObject([
      { kind: "alert-group", title: "churn fails 16.7 times too fast", href: `/on-call?ticket=${own}` },
      { kind: "issue", href: "https://issues.test/7" },
    ]);
    expect((await unlinkIncident(ctx, { number, kind: "alert-group", ref: own })).links).toHaveLength(1);
    const [group] = await ctx.db.select().from(alertGroups).where(eq(alertGroups.id, own));
    expect(group?.incidentId).toBeNull();
  }),
);

test(
  "lists open actions first by due date, and marks overdue ones",
  inWorkspace(async (ctx) => {
    const { number } = await declared(ctx);
    const add = (title: string, dueOn: string | null) => addAction(ctx, { number, title, kind: "prevent", dueOn });
    await add("some day", null);
    await add("next year", "2100-01-01");
    const late = await add("late", "2020-01-01");
    const done = await add("done", "2020-01-02");
    await updateAction(ctx, { actionId: done.id, isDone: true });
    const listed = (await listActions(ctx)).map(({ title, isOverdue }) => [title, isOverdue]);
    expect(listed).toEqual([
      ["late", true],
      ["next year", false],
      ["some day", false],
      ["done", false],
    ]);
    const { doneAt, doneBy } = await updateAction(ctx, { actionId: late.id, isDone: true });
    expect([doneAt, doneBy]).toEqual([expect.any(Date), ctx.actor.name]);
    expect(await listActions(ctx, { isOpen: true })).toHaveLength(2);
    const theirs = updateAction(await newWorkspace(ctx.db), { actionId: late.id, isDone: false });
    await expect(theirs).rejects.toMatchObject({ code: "not-found" });
  }),
);

test(
  "finds similar incidents by rule, segment or endpoint, with what ended them",
  inWorkspace(async (ctx) => {
    const { id: endpointId } = await createEndpoint(ctx, { name: "churn" });
    const first = await newIncident(ctx, { endpointId });
    await addNote(ctx, { number: first.number, title: "only iOS in Lisbon fails" });
    await addTimelineEvent(ctx, first.id, { kind: "rollback", title: "churn rolled back to churn version 11" });
    await moveIncident(ctx, { number: first.number, to: "active" });
    await moveIncident(ctx, { number: first.number, to: "resolved" });
    const { number } = await declared(ctx, "something else");
    const found = await similarIncidents(ctx, { endpointId, ruleKey: "slo:x", segment: "ios", except: number });
    expect(found).toMatchObject([
      {
        number: first.number,
        common: ["rule", "segment", "endpoint"],
        fixedBy: "churn rolled back to churn version 11",
      },
    ]);
    expect(found[0]?.restoredMs).toBeGreaterThanOrEqual(0);
    expect(await similarIncidents(ctx, { ruleKey: "slo:y" })).toEqual([]);
    expect((await getIncident(ctx, { number })).endpoint).toBeNull();
    const limited = { ...ctx, actor: { ...ctx.actor, endpoints: ["other"] } };
    expect(await similarIncidents(limited, { ruleKey: "slo:x" })).toEqual([]);
    await expect(getIncident(limited, { number: first.number })).rejects.toMatchObject({ code: "not-found" });
  }),
);
