import { and, asc, eq, inArray, isNull, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { alertGroups, auditEvents, escalations, incidentLinks, incidents, notifications } from "#db/schema/index.ts";
import { receiveAlerts } from "#server/alerting/alerts/receive-alerts.ts";
import { readMessage } from "#server/alerting/notifications/stored-message.ts";
import { type Context, transact } from "#server/base/context.ts";
import { minuteMs } from "#server/base/durations.ts";
import { configureLog } from "#server/base/log.ts";
import { attemptOnce } from "#server/platform/jobs/watcher.ts";
import { createTeam } from "#server/platform/teams/create-team.ts";
import { acknowledgeGroup } from "#server/respond/acknowledgement/acknowledge-group.ts";
import { expireDue, flushDue } from "#server/respond/dispatch/alert-dispatcher.ts";
import { notifyAfterChange } from "#server/respond/paging/notify-after-change.ts";
import { respondDue } from "#server/respond/paging/response-watcher.ts";
import { foldAlerts } from "#server/respond/recovery/fold-alerts.ts";
import { watchRecovery } from "#server/respond/recovery/watch-recovery.ts";
import { listQueue } from "#server/respond/triage/queue/queries.ts";
import { getTriage } from "#server/respond/triage/triage-queries.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { listNotifications, newEmailReceiver, newIncident } from "#server/testing/fixtures/incidents/testing.ts";
import { newReceiver } from "#server/testing/fixtures/notifications/testing.ts";
import { findPagingViolations } from "#server/testing/fixtures/paging/find-paging-violations.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { linkIncident } from "../links/link-incident.ts";
import { moveIncident } from "../move-incident.ts";
import { noteForGroup } from "../note-for-group.ts";
import { openIncident } from "../open-incident.ts";
import { getIncident, listIncidents } from "../queries.ts";
import { responseMetrics } from "../response/queries.ts";
import { setIncidentSeverity } from "../set-severity.ts";
import { addNote } from "../timeline/add-note.ts";
import { listTimeline } from "../timeline/queries.ts";
import { updateIncident } from "../update-incident.ts";
import { mergeIncident } from "./merge-incident.ts";
import { getFoldChoices } from "./queries.ts";
import { splitIncident } from "./split-incident.ts";

configureLog({ role: "test", level: "silent" });

const reason = "One outage";

/** Two incidents of two endpoints, each opened by a page. */
async function newPair(ctx: Context) {
  const [one, other] = [await createEndpoint(ctx, { name: "eu" }), await createEndpoint(ctx, { name: "us" })];
  const startedAt = new Date(Date.now() - 20 * minuteMs);
  const whole = await newIncident(ctx, { endpointId: one.id, title: "eu fails" });
  const part = await newIncident(ctx, { endpointId: other.id, title: "us fails", startedAt });
  expect([whole.number, part.number]).toEqual([1, 2]);
  return { whole, part, endpointIds: [one.id, other.id] };
}

const groupsOf = async (ctx: Context, incidentId: string) =>
  (await ctx.db.select().from(alertGroups).where(eq(alertGroups.incidentId, incidentId)))
    .map(({ id }) => id)
    .toSorted();
/** What merging and splitting may change of incidents, apart from times of changes. */
async function snapshot(ctx: Context) {
  const rows = await ctx.db.select().from(incidents).orderBy(asc(incidents.number));
  const links = await ctx.db.select().from(incidentLinks);
  const groups = await ctx.db.select().from(alertGroups);
  return rows.map(({ id, number, state, severity, endpointId, startedAt, detectedAt, resolvedAt, merger }) => ({
    number,
    state,
    severity,
    endpointId,
    startedAt,
    detectedAt,
    resolvedAt,
    merger,
    links: links.flatMap((link) => (link.incidentId === id ? `${link.kind} ${link.ref}` : [])).toSorted(),
    groups: groups.flatMap((group) => (group.incidentId === id ? group.id : [])).toSorted(),
  }));
}

test(
  "merges an incident into another one, which gets its alerts, and keeps it with its timeline",
  inWorkspace(async (ctx) => {
    const { whole, part, endpointIds } = await newPair(ctx);
    await setIncidentSeverity(ctx, { number: 2, severity: "SEV1" });
    await newEmailReceiver(ctx, "on-call");
    const merged = await mergeIncident(ctx, { number: 2, into: 1, reason });
    const own = await getIncident(ctx, { number: 2 });
    expect(merged).toMatchObject({ number: 1, severity: "SEV1", startedAt: own.startedAt, mergedInto: null });
    expect(merged.links.filter(({ kind }) => kind === "alert-group")).toHaveLength(2);
    expect(own).toMatchObject({ state: "merged", mergedInto: 1, moves: [], resolvedAt: expect.any(Date) });
    expect(await groupsOf(ctx, whole.id)).toEqual([whole.groupId, part.groupId].toSorted());
    const [written, received] = [await listTimeline(ctx, { number: 2 }), await listTimeline(ctx, { number: 1 })];
    expect(written.at(-1)).toMatchObject({
      title: "Merged into INC-1: One outage",
      links: [{ rel: "incident", href: "/incidents/1" }],
    });
    expect(received.map(({ title }) => title)).toContain("INC-2 merged into this incident: One outage");
    const audited = await ctx.db
      .select()
      .from(auditEvents)
      .where(eq(auditEvents.reason, reason))
      .orderBy(auditEvents.id);
    expect(audited.map(({ action, subject }) => [action, subject])).toEqual([
      ["incident.merged", "incident/2"],
      ["incident.extended", "incident/1"],
    ]);
    // Those who knew of the lower severity learn of the raised one.
    const raised = await listNotifications(ctx, whole.id);
    expect(raised.map(({ message }) => readMessage(message).title)).toEqual([expect.stringMatching(/^SEV1 · INC-1/)]);
    // What its alerts do later, and new ones of its endpoint, belong to the other one.
    const title = "again";
    const next = { title, endpointId: endpointIds[1] ?? "", startedAt: new Date() };
    expect((await openIncident(ctx, { ...next, groupId: part.groupId })).number).toBe(1);
    expect((await newIncident(ctx, next)).number).toBe(1);
    // The board and lists show one.
    expect((await getTriage(ctx, { incident: 2 })).row.incident).toMatchObject({ number: 1 });
    const queue = await listQueue(ctx);
    expect(queue.rows).toMatchObject([{ incident: { number: 1 }, groups: 3 }]);
    expect(queue.closed).toEqual([]);
    expect((await listIncidents(ctx, { isOpen: true })).incidents).toMatchObject([{ number: 1 }]);
    const span = { from: new Date(0), to: new Date(Date.now() + minuteMs) };
    expect((await responseMetrics(ctx, span)).open).toBe(1);
  }),
);

test(
  "changes nothing when it is repeated, and refuses what is over, merged, stale or the same",
  inWorkspace(async (ctx) => {
    await newPair(ctx);
    const { number: third } = await newIncident(ctx);
    const { revision } = await getIncident(ctx, { number: 2 });
    await addNote(ctx, { number: 2, title: "x" });
    await setIncidentSeverity(ctx, { number: 2, severity: "SEV3" });
    await expect(mergeIncident(ctx, { number: 2, into: 1, reason, revision })).rejects.toMatchObject({
      code: "conflict",
    });
    await mergeIncident(ctx, { number: 2, into: 1, reason });
    const before = await snapshot(ctx);
    const events = (await listTimeline(ctx, { number: 1 })).length;
    await mergeIncident(ctx, { number: 2, into: 1, reason });
    expect(await snapshot(ctx)).toEqual(before);
    expect(await listTimeline(ctx, { number: 1 })).toHaveLength(events);
    const conflict = { code: "conflict" };
    await expect(mergeIncident(ctx, { number: 2, into: third, reason })).rejects.toMatchObject(conflict);
    await expect(mergeIncident(ctx, { number: third, into: 2, reason })).rejects.toMatchObject(conflict);
    await expect(mergeIncident(ctx, { number: 1, into: 1, reason })).rejects.toMatchObject({ code: "invalid" });
    await expect(mergeIncident(ctx, { number: 1, into: 99, reason })).rejects.toMatchObject({ code: "not-found" });
    await expect(mergeIncident(ctx, { number: 1, into: third, reason: " " })).rejects.toThrow();
    await moveIncident(ctx, { number: third, to: "cancelled" });
    await expect(mergeIncident(ctx, { number: 1, into: third, reason })).rejects.toMatchObject(conflict);
    // A merged one is not changed: the other one is.
    await expect(moveIncident(ctx, { number: 2, to: "active" })).rejects.toMatchObject(conflict);
    await expect(setIncidentSeverity(ctx, { number: 2, severity: "SEV1" })).rejects.toMatchObject(conflict);
    await expect(updateIncident(ctx, { number: 2, title: "x" })).rejects.toMatchObject(conflict);
    const [group] = await ctx.db.select().from(alertGroups);
    const link = linkIncident(ctx, { number: 2, kind: "alert-group", ref: group?.id ?? "" });
    await expect(link).rejects.toMatchObject(conflict);
  }),
);

test(
  "undoes a merge by splitting off what came with it, and a split by merging it again",
  inWorkspace(async (ctx) => {
    const { whole, part } = await newPair(ctx);
    await setIncidentSeverity(ctx, { number: 1, severity: "SEV3" });
    await linkIncident(ctx, { number: 2, kind: "issue", ref: "https://issues.test/7" });
    const apart = await snapshot(ctx);
    await mergeIncident(ctx, { number: 2, into: 1, reason });
    const together = await snapshot(ctx);
    expect(together[0]).toMatchObject({ severity: "SEV2", groups: [whole.groupId, part.groupId].toSorted() });
    expect((await getFoldChoices(ctx, { number: 1 })).groups.map(({ from }) => from).toSorted()).toEqual([2, null]);
    const split = await splitIncident(ctx, { number: 1, groupIds: [part.groupId], reason });
    expect(split).toMatchObject({ number: 2, state: "triage", mergedInto: null, resolvedAt: null });
    expect(await snapshot(ctx)).toEqual(apart);
    // Repeated, it is the same one.
    expect((await splitIncident(ctx, { number: 1, groupIds: [part.groupId], reason })).number).toBe(2);
    expect((await splitIncident(ctx, { number: 1, merged: 2, reason })).number).toBe(2);
    expect(await snapshot(ctx)).toEqual(apart);
    await mergeIncident(ctx, { number: 2, into: 1, reason });
    await splitIncident(ctx, { number: 1, merged: 2, reason });
    expect(await snapshot(ctx)).toEqual(apart);
    expect(
      (await listTimeline(ctx, { number: 2 })).filter(({ title }) => title.startsWith("Split off INC-1")),
    ).toHaveLength(2);
  }),
);

test(
  "splits alert groups into a new incident, which merging undoes, and never folds them back",
  inWorkspace(async (ctx) => {
    const { id: endpointId } = await createEndpoint(ctx, { name: "churn" });
    const first = await newIncident(ctx, { endpointId });
    const second = await newIncident(ctx, { endpointId, title: "churn is slow" });
    expect(second.number).toBe(1);
    const all = { number: 1, groupIds: [first.groupId, second.groupId], reason };
    await expect(splitIncident(ctx, all)).rejects.toMatchObject({ code: "conflict" });
    await expect(splitIncident(ctx, { number: 1, reason })).rejects.toMatchObject({ code: "invalid" });
    await expect(splitIncident(ctx, { number: 1, merged: 1, reason })).rejects.toMatchObject({ code: "conflict" });
    const foreign = { number: 1, groupIds: [crypto.randomUUID()], reason };
    await expect(splitIncident(ctx, foreign)).rejects.toMatchObject({ code: "not-found" });
    const key = "split-1";
    const split = await splitIncident(ctx, { number: 1, groupIds: [second.groupId], reason }, key);
    expect(split).toMatchObject({ number: 2, state: "triage", severity: "SEV2", endpointId });
    expect((await splitIncident(ctx, { number: 1, groupIds: [second.groupId], reason }, key)).number).toBe(2);
    const [left, became] = await snapshot(ctx);
    expect(left?.links.filter((link) => link.startsWith("alert-group"))).toEqual([`alert-group ${first.groupId}`]);
    expect(became?.groups).toEqual([second.groupId]);
    // Once its own incident is over, what was split off opens another one.
    await moveIncident(ctx, { number: 2, to: "cancelled" });
    const again = { title: "churn is slow", endpointId, startedAt: new Date() };
    expect((await openIncident(ctx, { ...again, groupId: second.groupId })).number).toBe(3);
    await ctx.db.update(alertGroups).set({ incidentId: null }).where(eq(alertGroups.id, second.groupId));
    await foldAlerts(ctx.db, attemptOnce);
    const [group] = await ctx.db.select().from(alertGroups).where(eq(alertGroups.id, second.groupId));
    expect(group?.incidentId).not.toBe(first.id);
    // Taken off that one too, it opens one of its own.
    expect((await openIncident(ctx, { ...again, groupId: second.groupId })).number).toBe(4);
    await mergeIncident(ctx, { number: 4, into: 1, reason });
    expect(await groupsOf(ctx, first.id)).toEqual([first.groupId, second.groupId].toSorted());
  }),
);

test(
  "splits off the innermost incident that was merged again, and finds the one that has its alerts",
  inWorkspace(async (ctx) => {
    const { part, whole } = await newPair(ctx);
    const third = await newIncident(ctx, { title: "asia fails" });
    await mergeIncident(ctx, { number: 2, into: 1, reason });
    await mergeIncident(ctx, { number: 1, into: 3, reason });
    expect(await groupsOf(ctx, third.id)).toEqual([whole.groupId, part.groupId, third.groupId].toSorted());
    expect((await getTriage(ctx, { incident: 2 })).row.incident).toMatchObject({ number: 3 });
    // Named after the incident into which it was merged at first.
    const split = await splitIncident(ctx, { number: 1, merged: 2, reason });
    expect(split).toMatchObject({ number: 2, state: "triage" });
    expect(await groupsOf(ctx, part.id)).toEqual([part.groupId]);
    expect((await splitIncident(ctx, { number: 3, groupIds: [whole.groupId], reason })).number).toBe(1);
    expect(await groupsOf(ctx, whole.id)).toEqual([whole.groupId]);
    expect(await groupsOf(ctx, third.id)).toEqual([third.groupId]);
  }),
);

test(
  "keeps escalations and acknowledgements of every page through a merge and a split",
  inWorkspace(async (ctx) => {
    const url = "http://127.0.0.1:1/";
    const settings = { kind: "webhook", url, format: "alertmanager", maxAlerts: 0, sendsResolved: true } as const;
    for (const receiver of ["on-call", "tickets"]) await newReceiver(ctx, receiver, [{ settings }]);
    await createTeam(ctx, { name: "ml", members: [{ userId: ctx.actor.id, part: "lead" }] });
    const now = Date.now();
    for (const service of ["churn", "fraud"]) {
      const labels = { alertname: "Down", severity: "page", service };
      const span = { startsAt: new Date(now), endsAt: new Date(now + 600 * minuteMs) };
      const annotations = { summary: `${service} is down` };
      const intake = { afterChange: notifyAfterChange, source: "api" as const, now };
      await receiveAlerts(ctx, [{ labels, annotations, ...span }], intake);
    }
    await expireDue(ctx.db, now + minuteMs);
    await flushDue(ctx.db, now + minuteMs);
    await respondDue(ctx.db);
    const groups = await ctx.db.select().from(alertGroups).orderBy(asc(alertGroups.createdAt));
    const live = async () =>
      (await ctx.db.select().from(escalations).where(isNull(escalations.endedAt)))
        .map(({ groupId }) => groupId)
        .toSorted();
    const ids = groups.map(({ id }) => id);
    expect(await live()).toEqual(ids.toSorted());
    const byId = new Map((await ctx.db.select().from(incidents)).map((row) => [row.id, row.number]));
    const numbers = groups.map(({ incidentId }) => byId.get(incidentId ?? "") ?? 0);
    const [acknowledged = "", other = ""] = ids;
    const [part = 0, whole = 0] = numbers;
    await acknowledgeGroup(ctx, { groupId: acknowledged });
    const ofPages = inArray(notifications.kind, ["group", "escalation", "incident"]);
    const countPages = () => ctx.db.$count(notifications, and(ofPages, eq(notifications.severity, "page")));
    const sent = await countPages();
    const stateOf = async (number: number) => {
      const [row] = await ctx.db.select().from(incidents).where(eq(incidents.number, number));
      return row && { state: row.state, isAcknowledged: row.acknowledgedAt !== null };
    };
    await mergeIncident(ctx, { number: part, into: whole, reason });
    expect(await stateOf(whole)).toEqual({ state: "active", isAcknowledged: true });
    expect(await live()).toEqual([other]);
    expect(await findPagingViolations(ctx.db, now + 2 * minuteMs)).toEqual([]);
    expect((await listQueue(ctx)).rows).toMatchObject([{ state: "unacknowledged", unacknowledgedGroupIds: [other] }]);
    await acknowledgeGroup(ctx, { groupId: other });
    expect(await live()).toEqual([]);
    await splitIncident(ctx, { number: whole, groupIds: [acknowledged], reason });
    expect(await stateOf(part)).toEqual({ state: "active", isAcknowledged: true });
    expect((await listQueue(ctx)).rows.map(({ state }) => state)).toEqual(["acknowledged", "acknowledged"]);
    await flushDue(ctx.db, now + 3 * minuteMs);
    expect(await live()).toEqual([]);
    // Nobody was paged again.
    expect(sent).toBeGreaterThan(0);
    expect(await countPages()).toBe(sent);
  }),
);

test(
  "acts again on what recovers when a failing incident is merged into it, without paging its lead",
  inWorkspace(async (ctx) => {
    const { whole } = await newPair(ctx);
    const calmSince = Date.now() - 9 * minuteMs;
    await ctx.db
      .update(incidents)
      .set({ stage: "watch", recovery: { calmSince, reason: "burn rate 0.2×" } })
      .where(eq(incidents.id, whole.id));
    await mergeIncident(ctx, { number: 2, into: 1, reason });
    const [row] = await ctx.db.select().from(incidents).where(eq(incidents.id, whole.id));
    expect(row).toMatchObject({ stage: "act", recovery: { calmSince: null, reason: "INC-2 was merged into it" } });
    await transact(ctx, (ctx) => watchRecovery(ctx, 1, Date.now()));
    expect(await listNotifications(ctx, whole.id)).toEqual([]);
  }),
);

test(
  "leaves nothing half done when it dies",
  inWorkspace(async (ctx) => {
    const { part } = await newPair(ctx);
    const before = await snapshot(ctx);
    const dies = async (work: (ctx: Context) => Promise<unknown>) => {
      const done = transact(ctx, async (ctx) => {
        await work(ctx);
        throw new Error("the process was killed");
      });
      await expect(done).rejects.toThrow("killed");
    };
    await dies((ctx) => mergeIncident(ctx, { number: 2, into: 1, reason }));
    expect(await snapshot(ctx)).toEqual(before);
    await mergeIncident(ctx, { number: 2, into: 1, reason });
    const together = await snapshot(ctx);
    await dies((ctx) => splitIncident(ctx, { number: 1, groupIds: [part.groupId], reason }));
    expect(await snapshot(ctx)).toEqual(together);
    const unlinked = sql`select 1 from alert_groups where incident_id is null`;
    expect((await ctx.db.execute(unlinked)).rows).toEqual([]);
  }),
);

test(
  "lets neither a viewer nor a token of one endpoint merge or split",
  inWorkspace(async (ctx) => {
    const { part } = await newPair(ctx);
    const viewer = { ...ctx, actor: { ...ctx.actor, role: "viewer" as const } };
    const bound = { ...ctx, actor: { ...ctx.actor, endpoints: ["eu"] } };
    for (const caller of [viewer, bound]) {
      await expect(mergeIncident(caller, { number: 2, into: 1, reason })).rejects.toMatchObject({ code: "forbidden" });
      const split = splitIncident(caller, { number: 2, groupIds: [part.groupId], reason });
      await expect(split).rejects.toMatchObject({ code: "forbidden" });
    }
  }),
);

const find = async (ctx: Context, number: number) => {
  const [row] = await ctx.db.select().from(incidents).where(eq(incidents.number, number));
  if (!row) throw new Error(`There is no INC-${number}.`);
  return row;
};

/** Acknowledges a group whose alerts the test leaves out. */
async function acknowledged(ctx: Context, groupId: string, at = Date.now()): Promise<void> {
  const { id: userId, name: by } = ctx.actor;
  const until = at + 60 * minuteMs;
  const acknowledgement = { by, userId, at, until, note: "", fingerprints: [], severity: "page" };
  const stored = { ...acknowledgement, alsoInvestigating: [], remindedAt: null };
  await ctx.db.update(alertGroups).set({ acknowledgement: stored }).where(eq(alertGroups.id, groupId));
  await noteForGroup(ctx, groupId, { at: new Date(at), kind: "ack", title: "Acknowledged" });
}

test(
  "stays as severe as what remains when one of two merged incidents is split off, and leads back once both are",
  inWorkspace(async (ctx) => {
    const { endpointIds } = await newPair(ctx);
    const { id: endpointId } = await createEndpoint(ctx, { name: "asia" });
    const first = new Date(Date.now() - 10 * minuteMs);
    await newIncident(ctx, { endpointId, title: "asia fails", startedAt: first });
    await setIncidentSeverity(ctx, { number: 1, severity: "SEV3" });
    await ctx.db.update(incidents).set({ endpointId: null }).where(eq(incidents.number, 1));
    const origin = await find(ctx, 1);
    for (const number of [2, 3]) await mergeIncident(ctx, { number, into: 1, reason });
    expect(await find(ctx, 1)).toMatchObject({ severity: "SEV2", endpointId: endpointIds[1] });
    await splitIncident(ctx, { number: 1, merged: 2, reason });
    expect(await find(ctx, 1)).toMatchObject({ severity: "SEV2", startedAt: first, endpointId });
    await splitIncident(ctx, { number: 1, merged: 3, reason });
    const { severity, startedAt, detectedAt } = origin;
    expect(await find(ctx, 1)).toMatchObject({ severity, startedAt, detectedAt, endpointId: null });
  }),
);

test(
  "stays SEV2 after a split while a page that joined it since the merge remains",
  inWorkspace(async (ctx) => {
    const { part, endpointIds } = await newPair(ctx);
    await setIncidentSeverity(ctx, { number: 1, severity: "SEV3" });
    await mergeIncident(ctx, { number: 2, into: 1, reason });
    const next = await newIncident(ctx, { endpointId: endpointIds[0] ?? "", title: "eu is slow" });
    expect(next.number).toBe(1);
    await splitIncident(ctx, { number: 1, groupIds: [part.groupId], reason });
    expect(await find(ctx, 1)).toMatchObject({ severity: "SEV2" });
  }),
);

test(
  "changes nothing of an incident when a part of a part is split off",
  inWorkspace(async (ctx) => {
    await newPair(ctx);
    const third = await newIncident(ctx, { title: "asia fails" });
    await setIncidentSeverity(ctx, { number: 1, severity: "SEV3" });
    const startedAt = new Date(Date.now() - 30 * minuteMs);
    await ctx.db.update(incidents).set({ startedAt }).where(eq(incidents.number, 2));
    await ctx.db.update(incidents).set({ startedAt }).where(eq(incidents.id, third.id));
    await mergeIncident(ctx, { number: 2, into: 1, reason });
    await mergeIncident(ctx, { number: 1, into: 3, reason });
    await splitIncident(ctx, { number: 3, merged: 2, reason });
    expect(await find(ctx, 3)).toMatchObject({ severity: "SEV2", startedAt });
  }),
);

test(
  "makes a merged incident active again if it paged after the merge, and mitigated otherwise",
  inWorkspace(async (ctx) => {
    const { part } = await newPair(ctx);
    await moveIncident(ctx, { number: 2, to: "active" });
    await moveIncident(ctx, { number: 2, to: "mitigated" });
    await mergeIncident(ctx, { number: 2, into: 1, reason });
    await splitIncident(ctx, { number: 1, merged: 2, reason });
    expect(await find(ctx, 2)).toMatchObject({ state: "mitigated", mitigatedAt: expect.any(Date) });
    await mergeIncident(ctx, { number: 2, into: 1, reason });
    const pagedAt = new Date(Date.now() + minuteMs);
    await ctx.db.update(alertGroups).set({ pagedAt }).where(eq(alertGroups.id, part.groupId));
    await splitIncident(ctx, { number: 1, merged: 2, reason });
    expect(await find(ctx, 2)).toMatchObject({ state: "active", mitigatedAt: null, reopenedAt: expect.any(Date) });
  }),
);

test(
  "is acknowledged since the first of its alerts was",
  inWorkspace(async (ctx) => {
    const { part, endpointIds } = await newPair(ctx);
    const other = await newIncident(ctx, { endpointId: endpointIds[1] ?? "", title: "us is slow" });
    expect(other.number).toBe(2);
    await mergeIncident(ctx, { number: 2, into: 1, reason });
    const times = [1, 2].map((minutes) => Date.now() + minutes * minuteMs);
    const ids = [part.groupId, other.groupId].toSorted().toReversed();
    for (const [index, id] of ids.entries()) {
      await acknowledged(ctx, id, times[index]);
    }
    await splitIncident(ctx, { number: 1, merged: 2, reason });
    expect(await find(ctx, 2)).toMatchObject({ state: "active", acknowledgedAt: new Date(times[0] ?? 0) });
  }),
);

test(
  "takes back the acknowledgement and state that came with a merged incident, unless its own alerts were acknowledged",
  inWorkspace(async (ctx) => {
    const { whole, part } = await newPair(ctx);
    await acknowledged(ctx, part.groupId);
    await mergeIncident(ctx, { number: 2, into: 1, reason });
    expect(await find(ctx, 1)).toMatchObject({ state: "active", acknowledgedAt: expect.any(Date) });
    await splitIncident(ctx, { number: 1, merged: 2, reason });
    expect(await find(ctx, 1)).toMatchObject({ state: "triage", acknowledgedAt: null });
    expect(await find(ctx, 2)).toMatchObject({ state: "active", acknowledgedAt: expect.any(Date) });
    expect(await listTimeline(ctx, { number: 1 })).toContainEqual(
      expect.objectContaining({ title: `INC-2 split off: ${reason}`, body: "It is in triage again." }),
    );
    await mergeIncident(ctx, { number: 2, into: 1, reason });
    await acknowledged(ctx, whole.groupId);
    await splitIncident(ctx, { number: 1, merged: 2, reason });
    expect(await find(ctx, 1)).toMatchObject({ state: "active", acknowledgedAt: expect.any(Date) });
    // What somebody did since stays.
    const third = await newIncident(ctx, { title: "asia fails" });
    await mergeIncident(ctx, { number: 2, into: third.number, reason });
    await moveIncident(ctx, { number: third.number, to: "mitigated" });
    await splitIncident(ctx, { number: third.number, merged: 2, reason });
    expect(await find(ctx, third.number)).toMatchObject({ state: "mitigated" });
  }),
);

test(
  "keeps links that another merged incident or the incident itself has",
  inWorkspace(async (ctx) => {
    await newPair(ctx);
    await newIncident(ctx, { title: "asia fails" });
    const [shared, own] = ["https://issues.test/7", "https://issues.test/8"];
    for (const number of [2, 3]) await linkIncident(ctx, { number, kind: "issue", ref: shared });
    await linkIncident(ctx, { number: 2, kind: "issue", ref: own });
    for (const number of [2, 3]) await mergeIncident(ctx, { number, into: 1, reason });
    const issues = async (number: number) =>
      (await getIncident(ctx, { number })).links.flatMap(({ kind, ref }) => (kind === "issue" ? ref : [])).toSorted();
    await splitIncident(ctx, { number: 1, merged: 2, reason });
    expect(await issues(1)).toEqual([shared]);
    expect(await issues(2)).toEqual([shared, own]);
    await splitIncident(ctx, { number: 1, merged: 3, reason });
    expect([await issues(1), await issues(3)]).toEqual([[], [shared]]);
    // What it had itself stays although it came again through another incident.
    await linkIncident(ctx, { number: 3, kind: "issue", ref: own });
    await mergeIncident(ctx, { number: 2, into: 1, reason });
    await mergeIncident(ctx, { number: 1, into: 3, reason });
    await splitIncident(ctx, { number: 3, merged: 2, reason });
    expect(await issues(3)).toEqual([shared, own]);
  }),
);

test(
  "keeps the start of an incident due through a merge and a split",
  inWorkspace(async (ctx) => {
    await newPair(ctx);
    await ctx.db.update(incidents).set({ factsDue: "facts-and-start" });
    await mergeIncident(ctx, { number: 2, into: 1, reason });
    expect(await find(ctx, 1)).toMatchObject({ factsDue: "facts-and-start" });
    expect(await find(ctx, 2)).toMatchObject({ factsDue: null });
    await splitIncident(ctx, { number: 1, merged: 2, reason });
    expect(await find(ctx, 1)).toMatchObject({ factsDue: "facts-and-start" });
    expect(await find(ctx, 2)).toMatchObject({ factsDue: "facts-and-start" });
  }),
);
