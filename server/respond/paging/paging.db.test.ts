import { and, asc, eq, isNull } from "drizzle-orm";
import { expect, test } from "vitest";
import {
  alertEvents,
  alertGroups,
  channels,
  escalations,
  incidents,
  notifications,
  runbooks,
  timelineEvents,
} from "#db/schema/index.ts";
import type { PostedAlert } from "#server/alerting/alerts/contract.ts";
import { receiveAlerts } from "#server/alerting/alerts/receive-alerts.ts";
import { defaultRouting } from "#server/alerting/alerts/routing/default-routing.ts";
import { setRouting } from "#server/alerting/alerts/routing/set-routing.ts";
import { readMessage } from "#server/alerting/notifications/stored-message.ts";
import { type Context, systemContext, transact } from "#server/base/context.ts";
import { hourMs, minuteMs } from "#server/base/durations.ts";
import { configureLog } from "#server/base/log.ts";
import { attemptOnce } from "#server/platform/jobs/watcher.ts";
import { createTeam } from "#server/platform/teams/create-team.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { newReceiver } from "#server/testing/fixtures/notifications/testing.ts";
import { findPagingViolations } from "#server/testing/fixtures/paging/find-paging-violations.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { acknowledgeGroup } from "../acknowledgement/acknowledge-group.ts";
import { acknowledgeGroups } from "../acknowledgement/acknowledge-groups.ts";
import { unacknowledgeGroup } from "../acknowledgement/unacknowledge-group.ts";
import { expireDue, flushDue, maintainDue } from "../dispatch/alert-dispatcher.ts";
import { declareIncident } from "../incidents/declare-incident.ts";
import { moveIncident } from "../incidents/move-incident.ts";
import { reconcileAll } from "../oncall/escalation/reconcile-escalations.ts";
import { runEscalationStep } from "../oncall/escalation/run-step.ts";
import { expireSilence } from "../silences/expire-silence.ts";
import { setSilence } from "../silences/set-silence.ts";
import { countUnacknowledgedPages, listQueue } from "../triage/queue/queries.ts";
import { getTriage } from "../triage/triage-queries.ts";
import { notifyAfterChange } from "./notify-after-change.ts";
import { respondDue } from "./response-watcher.ts";

configureLog({ role: "test", level: "silent" });
const settings = { kind: "webhook", url: "http://127.0.0.1:1/", format: "alertmanager", maxAlerts: 0 } as const;

/** A workspace with a team to page, and helpers at minutes after its start. */
async function newFixture(ctx: Context) {
  for (const receiver of ["on-call", "tickets"]) {
    await newReceiver(ctx, receiver, [{ settings: { ...settings, sendsResolved: true } }]);
  }
  await createTeam(ctx, { name: "ml", members: [{ userId: ctx.actor.id, part: "lead" }] });
  const start = Date.now();
  const at = (minutes: number) => start + minutes * minuteMs;
  const alert = (pod: string, severity = "page", more: Partial<PostedAlert> = {}): PostedAlert => ({
    labels: { alertname: "Down", severity, service: "churn", pod },
    annotations: { summary: `${pod} is down` },
    startsAt: new Date(at(-1)),
    endsAt: new Date(at(600)),
    ...more,
  });
  const fire = (minutes: number, ...all: PostedAlert[]) =>
    receiveAlerts(ctx, all, { afterChange: notifyAfterChange, source: "api", now: at(minutes) });
  const resolve = (minutes: number, pod: string, severity = "page") =>
    fire(minutes, alert(pod, severity, { startsAt: new Date(start), endsAt: new Date(at(minutes)) }));
  const flush = async (minutes: number) => {
    await expireDue(ctx.db, at(minutes));
    await flushDue(ctx.db, at(minutes));
    expect(await findPagingViolations(ctx.db, at(minutes))).toEqual([]);
  };
  const groups = () => ctx.db.select().from(alertGroups).orderBy(asc(alertGroups.createdAt));
  const onlyGroup = async () => (await groups())[0]?.id as string;
  const silence = (pod: string, minutes = 300) =>
    setSilence(ctx, {
      matchers: [{ name: "pod", value: pod, isRegex: false, isEqual: true }],
      startsAt: new Date(),
      endsAt: new Date(at(minutes)),
      comment: "known",
    });
  const live = () => ctx.db.select().from(escalations).where(isNull(escalations.endedAt));
  const reasons = async () => {
    const rows = await ctx.db.select().from(notifications).orderBy(asc(notifications.sequence));
    return rows.filter(({ kind }) => kind === "group").map(({ message }) => readMessage(message).reason);
  };
  return { start, at, alert, fire, resolve, flush, groups, onlyGroup, silence, live, reasons };
}

/** Puts pages and tickets of a service into one group, as routes of other installations do. */
async function routeTogether(ctx: Context): Promise<void> {
  const root = { ...defaultRouting.root, receiver: "on-call", groupBy: ["service"], routes: [] };
  await setRouting(ctx, { routing: { ...defaultRouting, root }, reason: "together" }, notifyAfterChange);
}

test(
  "notifies a page whose runbook URL ends in the id of nothing here, and opens its incident",
  inWorkspace(async (ctx) => {
    const { alert, fire, flush, live, onlyGroup } = await newFixture(ctx);
    const id = crypto.randomUUID();
    for (const [index, url] of [`https://wiki.test/${id}`, `/incidents/runbooks/${id}`].entries()) {
      const annotations = { summary: "is down", runbook_url: url };
      await fire(0, { ...alert(`pod-${index}`), annotations });
    }
    await flush(1);
    expect(await live()).toMatchObject([{ groupId: await onlyGroup() }]);
    expect(await ctx.db.$count(notifications)).toBe(1);
    await respondDue(ctx.db);
    expect(await ctx.db.select().from(incidents)).toMatchObject([{ state: "triage", runbookId: null }]);
  }),
);

test(
  "links the runbook that an alert names",
  inWorkspace(async (ctx) => {
    const { alert, fire, flush } = await newFixture(ctx);
    const { workspaceId } = ctx.actor;
    const [runbook] = await ctx.db
      .insert(runbooks)
      .values({ workspaceId, name: "x", body: "", updatedBy: "x" })
      .returning();
    const annotations = { summary: "is down", runbook_url: `/incidents/runbooks/${runbook?.id}` };
    await fire(0, { ...alert("a"), annotations });
    await flush(1);
    await respondDue(ctx.db);
    expect(await ctx.db.select().from(incidents)).toMatchObject([{ runbookId: runbook?.id }]);
  }),
);

test(
  "notifies and escalates although the incident cannot be opened, and opens it later with what happened",
  inWorkspace(async (ctx) => {
    const { alert, fire, flush, live, at, onlyGroup } = await newFixture(ctx);
    await fire(0, alert("a"));
    await flush(1);
    const [escalation] = await live();
    const groupId = await onlyGroup();
    // Whatever fails here is no reason not to page.
    const failing = transact(systemContext(ctx.db, ctx.actor.workspaceId, "test"), async (inner) => {
      await respondDue(inner.db, async (_item, work) => {
        await work();
        throw new Error("killed");
      });
    });
    await expect(failing).rejects.toThrow("killed");
    expect(await ctx.db.$count(incidents)).toBe(0);
    await runEscalationStep(ctx, escalation?.id ?? "", new Date(at(1)));
    await acknowledgeGroup(ctx, { groupId, note: "mine" });
    expect(await ctx.db.$count(timelineEvents)).toBe(0);
    await respondDue(ctx.db);
    expect(await ctx.db.select().from(incidents)).toMatchObject([
      { state: "active", pagedAt: new Date(at(1)), factsDue: null },
    ]);
    const titles = (await ctx.db.select().from(timelineEvents)).map(({ title }) => title);
    expect(titles).toEqual(
      expect.arrayContaining(["Paged: a is down", "No one was notified", "Acknowledged: a is down"]),
    );
    const before = titles.length;
    await respondDue(ctx.db);
    expect(await ctx.db.$count(timelineEvents)).toBe(before);
  }),
);

test(
  "keeps paging when a page resolves and fires again before anyone was notified of its end",
  inWorkspace(async (ctx) => {
    const { alert, fire, resolve, flush, live, at } = await newFixture(ctx);
    await fire(0, alert("a"));
    await flush(1);
    const [first] = await live();
    await resolve(2, "a");
    expect(await live()).toEqual([]);
    expect(await findPagingViolations(ctx.db, at(2))).toEqual([]);
    await fire(3, alert("a", "page", { startsAt: new Date(at(3)) }));
    expect(await live()).toMatchObject([{ id: first?.id, step: 0 }]);
    await flush(6);
    expect(await live()).toMatchObject([{ id: first?.id }]);
  }),
);

test(
  "pages no one about a silenced page: not by a ticket of its group, nor when an acknowledgement ends",
  inWorkspace(async (ctx) => {
    await routeTogether(ctx);
    const { alert, fire, flush, live, silence, onlyGroup, groups, at } = await newFixture(ctx);
    await silence("a");
    await fire(0, alert("a"));
    await flush(1);
    expect((await groups())[0]?.summary).toMatchObject({ severity: "page", firing: 1, muted: 1 });
    await fire(2, alert("b", "ticket"));
    await flush(7);
    expect((await groups())[0]?.summary).toMatchObject({ severity: "ticket", title: "b is down", muted: 1 });
    expect(await ctx.db.select().from(notifications)).toMatchObject([{ severity: "ticket" }]);
    await respondDue(ctx.db);
    expect(await ctx.db.$count(incidents)).toBe(0);
    const groupId = await onlyGroup();
    await acknowledgeGroup(ctx, { groupId });
    await unacknowledgeGroup(ctx, { groupId });
    await acknowledgeGroup(ctx, { groupId, until: new Date(at(10)) });
    for (const minutes of [10, 21]) await maintainDue(ctx.db, at(minutes));
    expect((await groups())[0]?.acknowledgement).toBeNull();
    expect(await live()).toEqual([]);
    expect(await ctx.db.$count(escalations)).toBe(0);
  }),
);

test(
  "stops paging while a page is silenced, and pages again afterwards",
  inWorkspace(async (ctx) => {
    const { alert, fire, flush, live, silence, at } = await newFixture(ctx);
    await fire(0, alert("a"));
    await flush(1);
    const { id: silenceId } = await silence("a");
    expect(await ctx.db.select().from(escalations)).toMatchObject([{ ended: "silenced" }]);
    expect(await findPagingViolations(ctx.db, at(1))).toEqual([]);
    await expireSilence(ctx, { silenceId });
    expect(await live()).toHaveLength(1);
    expect(await findPagingViolations(ctx.db, at(1))).toEqual([]);
  }),
);

test(
  "notifies the end of a page that was notified before it was silenced",
  inWorkspace(async (ctx) => {
    const { alert, fire, resolve, flush, silence, reasons, groups } = await newFixture(ctx);
    await fire(0, alert("a"));
    await flush(1);
    await silence("a");
    await resolve(2, "a");
    await flush(7);
    expect(await reasons()).toEqual(["first notification", "all alerts resolved"]);
    expect((await groups())[0]?.endedAt).not.toBeNull();
    // Of one that was silenced all along, nobody is told anything.
    await silence("z");
    await fire(8, alert("z"));
    await flush(9);
    await resolve(10, "z");
    await flush(20);
    expect(await reasons()).toHaveLength(2);
  }),
);

test(
  "pages for a page that joins the ticket group of a declared incident",
  inWorkspace(async (ctx) => {
    await routeTogether(ctx);
    const { alert, fire, flush, live, onlyGroup } = await newFixture(ctx);
    await fire(0, alert("b", "ticket"));
    await flush(1);
    const groupId = await onlyGroup();
    const { number } = await declareIncident(ctx, { title: "slow", severity: "SEV3", groupId });
    expect(await live()).toEqual([]);
    await fire(2, alert("a"));
    await flush(7);
    expect(await live()).toMatchObject([{ groupId }]);
    await respondDue(ctx.db);
    expect(await ctx.db.select().from(incidents)).toMatchObject([{ number }]);
  }),
);

test(
  "makes a mitigated or resolved incident active again for a new page, and leaves one that was cancelled",
  inWorkspace(async (ctx) => {
    const { alert, fire, flush, onlyGroup } = await newFixture(ctx);
    await fire(0, alert("a"));
    await flush(1);
    await respondDue(ctx.db);
    const groupId = await onlyGroup();
    await acknowledgeGroup(ctx, { groupId });
    let minutes = 2;
    for (const to of ["mitigated", "resolved"] as const) {
      await moveIncident(ctx, { number: 1, to, reason: "" });
      await fire(minutes, alert(`new-${to}`));
      await flush(minutes + 5);
      await respondDue(ctx.db);
      expect(await ctx.db.select().from(incidents)).toMatchObject([{ number: 1, state: "active" }]);
      minutes += 6;
    }
    await moveIncident(ctx, { number: 1, to: "cancelled", reason: "" });
    await fire(minutes, alert("last"));
    await flush(minutes + 5);
    await respondDue(ctx.db);
    const rows = await ctx.db.select().from(incidents).orderBy(asc(incidents.number));
    expect(rows).toMatchObject([{ state: "cancelled" }, { number: 2, state: "active" }]);
  }),
);

test(
  "pages again for a new page after the escalation reached its end, and not for one that only flaps",
  inWorkspace(async (ctx) => {
    const { alert, fire, resolve, flush, live, at } = await newFixture(ctx);
    await fire(0, alert("a"));
    await flush(1);
    for (let minutes = 1; (await live()).length > 0; minutes += 1) {
      await runEscalationStep(ctx, (await live())[0]?.id ?? "", new Date(at(minutes)));
    }
    expect(await findPagingViolations(ctx.db, at(30))).toEqual([]);
    await resolve(30, "a");
    await fire(31, alert("a", "page", { startsAt: new Date(at(31)) }));
    await flush(36);
    expect(await live()).toEqual([]);
    await fire(37, alert("b"));
    await flush(41);
    expect(await live()).toHaveLength(1);
  }),
);

test(
  "ends the escalation of a group whose route was removed, and repairs what an older release left",
  inWorkspace(async (ctx) => {
    const { alert, fire, flush, live, at, onlyGroup } = await newFixture(ctx);
    await fire(0, alert("a"));
    await flush(1);
    await routeTogether(ctx);
    await flush(2);
    await reconcileAll(ctx.db, at(2), attemptOnce);
    const open = await ctx.db.select().from(alertGroups).where(isNull(alertGroups.endedAt));
    expect((await live()).map(({ groupId }) => groupId)).toEqual(open.map(({ id }) => id));
    expect(open).not.toMatchObject([{ id: await onlyGroup() }]);
    await ctx.db.delete(escalations);
    expect(await findPagingViolations(ctx.db, at(2))).toMatchObject([
      { problem: "A page is firing and nobody is paged." },
    ]);
    for (let pass = 0; pass < 2; pass += 1) await reconcileAll(ctx.db, at(2), attemptOnce);
    expect(await live()).toHaveLength(1);
    expect(await findPagingViolations(ctx.db, at(2))).toEqual([]);
  }),
);

test(
  "pages again when an acknowledgement ends although nobody could process its end",
  inWorkspace(async (ctx) => {
    const { alert, fire, flush, live, at, onlyGroup } = await newFixture(ctx);
    await fire(0, alert("a"));
    await flush(1);
    await acknowledgeGroup(ctx, { groupId: await onlyGroup(), until: new Date(at(60)) });
    await reconcileAll(ctx.db, at(79), attemptOnce);
    expect(await live()).toEqual([]);
    await reconcileAll(ctx.db, at(80), attemptOnce);
    expect(await live()).toHaveLength(1);
  }),
);

test(
  "records the acknowledgement, the step and the end of a page although its incident cannot be noted",
  inWorkspace(async (ctx) => {
    const { alert, fire, resolve, flush, at, live, onlyGroup } = await newFixture(ctx);
    await fire(0, alert("a"));
    await flush(1);
    await respondDue(ctx.db);
    const groupId = await onlyGroup();
    // Nothing can be added to any timeline.
    await ctx.db.execute("alter table timeline_events add constraint broken check (title not like '%') not valid");
    expect(await runEscalationStep(ctx, (await live())[0]?.id ?? "", new Date(at(1)))).toBe(true);
    await acknowledgeGroup(ctx, { groupId });
    await resolve(2, "a");
    await flush(7);
    const kinds = await ctx.db
      .select({ kind: alertEvents.kind })
      .from(alertEvents)
      .where(and(eq(alertEvents.groupId, groupId), eq(alertEvents.workspaceId, ctx.actor.workspaceId)));
    expect(kinds.map(({ kind }) => kind)).toEqual(expect.arrayContaining(["escalated", "ack", "resolved"]));
  }),
);

/** Two pages of one endpoint in groups of their own, in one incident. */
async function twoPages(ctx: Context) {
  await createEndpoint(ctx, { name: "churn" });
  const fixture = await newFixture(ctx);
  const { alert, fire, flush } = fixture;
  const page = (alertname: string) => {
    const one = alert(alertname);
    return { ...one, labels: { ...one.labels, alertname, endpoint: "churn" } };
  };
  await fire(0, page("Slow"));
  await flush(1);
  await respondDue(ctx.db);
  const [slow] = await fixture.groups();
  await acknowledgeGroup(ctx, { groupId: slow?.id ?? "" });
  await moveIncident(ctx, { number: 1, to: "mitigated" });
  await fire(2, page("Down"));
  await flush(3);
  return { ...fixture, page, slowId: slow?.id ?? "" };
}

test(
  "shows a new page at a mitigated incident first, even before the incident is active again",
  inWorkspace(async (ctx) => {
    const { groups, slowId } = await twoPages(ctx);
    const downId = (await groups()).find(({ id }) => id !== slowId)?.id;
    expect(await countUnacknowledgedPages(ctx)).toBe(1);
    await respondDue(ctx.db);
    expect(await ctx.db.select().from(incidents)).toMatchObject([{ number: 1, state: "active" }]);
    expect(await countUnacknowledgedPages(ctx)).toBe(1);
    const { rows } = await listQueue(ctx);
    expect(rows).toMatchObject([
      { state: "unacknowledged", groupId: downId, groups: 2, unacknowledgedGroupIds: [downId], owner: null },
    ]);
    expect(rows[0]?.nextEscalationAt).not.toBeNull();
    await ctx.db.update(incidents).set({ state: "mitigated" });
    expect((await listQueue(ctx)).rows).toMatchObject([{ state: "unacknowledged", groupId: downId }]);
  }),
);

test(
  "acknowledges all groups of an incident from its line",
  inWorkspace(async (ctx) => {
    const { groups, slowId, live } = await twoPages(ctx);
    await respondDue(ctx.db);
    const actionOf = async () =>
      (await getTriage(ctx, { incident: 1 })).actions.find(({ act }) => act === "acknowledge");
    expect(await actionOf()).toMatchObject({ off: null, isRecommended: true });
    await unacknowledgeGroup(ctx, { groupId: slowId });
    const [row] = (await listQueue(ctx)).rows;
    expect(row?.unacknowledgedGroupIds.toSorted()).toEqual((await groups()).map(({ id }) => id).toSorted());
    await acknowledgeGroups(ctx, { groupIds: row?.unacknowledgedGroupIds ?? [] });
    expect(await live()).toEqual([]);
    expect((await listQueue(ctx)).rows).toMatchObject([{ state: "acknowledged", unacknowledgedGroupIds: [] }]);
    expect((await actionOf())?.off).toBe(`Acknowledged by ${ctx.actor.name}.`);
    // One that has ended keeps none of the others paging, and none at all is an error.
    await ctx.db.update(alertGroups).set({ endedAt: new Date() }).where(eq(alertGroups.id, slowId));
    const [other] = (await groups()).filter(({ id }) => id !== slowId);
    await acknowledgeGroups(ctx, { groupIds: [slowId, other?.id ?? ""] });
    await expect(acknowledgeGroups(ctx, { groupIds: [slowId] })).rejects.toMatchObject({ code: "conflict" });
  }),
);

test(
  "offers labels that mute this group only, or says how many others they mute",
  inWorkspace(async (ctx) => {
    const { alert, fire, flush, groups } = await newFixture(ctx);
    const nameless = alert("a");
    const { service: _, ...labels } = nameless.labels;
    await fire(0, { ...nameless, labels });
    await fire(0, alert("b"));
    await flush(1);
    const first = (await groups()).find((group) => group.labels.service === undefined);
    const triage = await getTriage(ctx, { groupId: first?.id ?? "" });
    expect(triage.labels).toEqual({ alertname: "Down", severity: "page", service: "", slo: "" });
    const words = (of: typeof triage) => of.actions.find(({ act }) => act === "silence")?.words;
    expect(words(triage)).toContain("this alert group only");
    const matchers = Object.entries(triage.labels).map(([name, value]) => ({ name, value, isRegex: false }));
    const times = { startsAt: new Date(), endsAt: new Date(Date.now() + hourMs) };
    expect(await setSilence(ctx, { matchers, ...times, comment: "x" })).toMatchObject({ muting: 1 });
    // Another route with the same labels: two groups of one alert.
    const { root } = defaultRouting;
    const routes = [{ receiver: "tickets", groupBy: ["pod"], continue: true, matchers: [] }, ...root.routes];
    await setRouting(
      ctx,
      { routing: { ...defaultRouting, root: { ...root, routes } as never }, reason: "x" },
      notifyAfterChange,
    );
    await flush(2);
    expect(words(await getTriage(ctx, { groupId: first?.id ?? "" }))).toContain("1 other group with the same labels");
  }),
);

test(
  "says on the page why people may not have been notified of it",
  inWorkspace(async (ctx) => {
    const { alert, fire, flush, onlyGroup } = await newFixture(ctx);
    await fire(0, alert("a"));
    await flush(1);
    const groupId = await onlyGroup();
    const problems = async () => (await getTriage(ctx, { groupId })).deliveryProblems;
    expect(await problems()).toEqual([]);
    await ctx.db.update(notifications).set({ attempts: 3 });
    expect(await problems()).toEqual(["Could not notify on-call via webhook yet. Retrying."]);
    await ctx.db.update(notifications).set({ state: "dead", note: "Permanently rejected: 404." });
    await ctx.db.update(channels).set({ disabledAt: new Date() });
    expect(await problems()).toEqual([
      "Could not notify on-call via webhook. Permanently rejected: 404.",
      "Receiver on-call has no enabled channel.",
    ]);
  }),
);
