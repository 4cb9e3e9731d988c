import { asc, eq, isNull, like } from "drizzle-orm";
import { expect, test, vi } from "vitest";
import {
  alertGroups,
  auditEvents,
  deployments,
  escalations,
  incidentLinks,
  incidents,
  servingWindows,
  timelineEvents,
} from "#db/schema/index.ts";
import type { GroupSummary } from "#server/alerting/alerts/contract.ts";
import { receiveAlerts } from "#server/alerting/alerts/receive-alerts.ts";
import type { Context } from "#server/base/context.ts";
import { minuteMs } from "#server/base/durations.ts";
import { configureLog } from "#server/base/log.ts";
import { attemptOnce } from "#server/platform/jobs/watcher.ts";
import { createTeam } from "#server/platform/teams/create-team.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { acknowledgeGroup } from "#server/respond/acknowledgement/acknowledge-group.ts";
import { recordChange } from "#server/respond/changes/record-change.ts";
import { expireDue, flushDue } from "#server/respond/dispatch/alert-dispatcher.ts";
import { withStates } from "#server/respond/endpoint-states/with-states.ts";
import { notifyAfterChange } from "#server/respond/paging/notify-after-change.ts";
import { respondDue } from "#server/respond/paging/response-watcher.ts";
import { foldAlerts } from "#server/respond/recovery/fold-alerts.ts";
import { listQueue } from "#server/respond/triage/queue/queries.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { newGroup } from "#server/testing/fixtures/incidents/testing.ts";
import { newReceiver } from "#server/testing/fixtures/notifications/testing.ts";
import { findPagingViolations } from "#server/testing/fixtures/paging/find-paging-violations.ts";
import { newVersion } from "#server/testing/fixtures/serving/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { createSlo } from "#server/watch/slo/objectives/create-slo.ts";
import * as starts from "../impact/locate-start.ts";
import { linkIncident } from "../links/link-incident.ts";
import { unlinkIncident } from "../links/unlink-incident.ts";
import { moveIncident } from "../move-incident.ts";
import { listIncidents } from "../queries.ts";
import { setIncidentSeverity } from "../set-severity.ts";
import { editTimelineEvent } from "../timeline/edit-timeline-event.ts";
import { listTimeline } from "../timeline/queries.ts";
import { mergeIncident } from "./merge-incident.ts";

configureLog({ role: "test", level: "silent" });

/** A group whose page was notified a moment ago, so that its incident is due. */
async function page(ctx: Context, summary: Partial<GroupSummary>, atMs = Date.now()): Promise<string> {
  const id = await newGroup(ctx, { startsAt: atMs, ...summary });
  const at = new Date(atMs);
  await ctx.db.update(alertGroups).set({ createdAt: at, pagedAt: at, responseDueAt: at }).where(eq(alertGroups.id, id));
  return id;
}

/** A group that opened a ticket. */
async function ticket(ctx: Context, summary: Partial<GroupSummary>, atMs = Date.now()): Promise<string> {
  const id = await newGroup(ctx, { severity: "ticket", startsAt: atMs, ...summary });
  await ctx.db
    .update(alertGroups)
    .set({ createdAt: new Date(atMs), weight: 1 })
    .where(eq(alertGroups.id, id));
  return id;
}

/** Endpoints to which version 2 of one model was deployed eight minutes ago. */
async function newFleet(ctx: Context, model: string, names: readonly string[]): Promise<Record<string, string>> {
  for (const version of [1, 2]) await newVersion(ctx, { model, version });
  const ids: Record<string, string> = {};
  for (const name of names) {
    const { id: endpointId } = await createEndpoint(ctx, { name });
    ids[name] = endpointId;
    for (const version of [1, 2]) await deployVersion(ctx, { endpointId, model, version });
    const rows = await ctx.db
      .select()
      .from(deployments)
      .where(eq(deployments.endpointId, endpointId))
      .orderBy(asc(deployments.id));
    for (const [index, { id }] of rows.entries()) {
      const deployedAt = new Date(Date.now() - (index === 0 ? 90 : 8) * minuteMs);
      await ctx.db.update(deployments).set({ deployedAt }).where(eq(deployments.id, id));
    }
  }
  return ids;
}

const numbersOf = async (ctx: Context) => {
  const rows = await ctx.db.select().from(incidents).orderBy(asc(incidents.number));
  const groups = await ctx.db.select().from(alertGroups);
  return Object.fromEntries(
    rows.map(({ id, number }) => [
      number,
      groups
        .filter((group) => group.incidentId === id)
        .map(({ summary }) => summary.title)
        .toSorted(),
    ]),
  );
};
const titles = async (ctx: Context, number: number) =>
  (await listTimeline(ctx, { number })).map(({ title, body }) => (body ? `${title} (${body})` : title));

test(
  "joins pages of endpoints to which the same version was deployed, even if both open at once, and no others",
  inWorkspace(async (ctx) => {
    const { eu = "", us = "" } = await newFleet(ctx, "churn", ["eu", "us"]);
    const { fraud = "" } = await newFleet(ctx, "fraud", ["fraud"]);
    await page(ctx, { endpointId: eu, title: "eu fails" });
    await page(ctx, { endpointId: us, title: "us fails" });
    await page(ctx, { endpointId: fraud, title: "fraud fails" });
    await respondDue(ctx.db);
    expect(await numbersOf(ctx)).toEqual({ 1: ["eu fails", "us fails"], 2: ["fraud fails"] });
    expect(await titles(ctx, 1)).toContain("Paged: us fails (It has the same likely cause: churn version 2.)");
    const [first] = await ctx.db.select().from(incidents).where(eq(incidents.number, 1));
    expect(first).toMatchObject({ endpointId: eu, sharedCauses: ["version:churn version 2"], severity: "SEV2" });
    // Both endpoints are a part of it, and both rows of the queue are one.
    const described = [eu, us].map((id) => ({ id, name: "x", serving: { kind: "serving" as const, message: null } }));
    expect((await withStates(ctx, described)).every(({ state }) => state.kind === "recovering")).toBe(true);
    expect((await listIncidents(ctx, { endpointId: us })).incidents.map(({ number }) => number)).toEqual([1]);
    expect((await listQueue(ctx)).rows.map(({ groups }) => groups).toSorted()).toEqual([1, 2]);
    // Later pages of the second endpoint join as those of the first do, whatever their cause.
    await ctx.db.update(deployments).set({ deployedAt: new Date(0) });
    await page(ctx, { endpointId: us, title: "us is slow" }, Date.now() + 20 * minuteMs);
    await respondDue(ctx.db);
    expect((await numbersOf(ctx))[1]).toEqual(["eu fails", "us fails", "us is slow"]);
  }),
);

test(
  "opens another incident for the same version a quarter of an hour later, or where something else is the cause",
  inWorkspace(async (ctx) => {
    const { eu = "", us = "", asia = "" } = await newFleet(ctx, "churn", ["eu", "us", "asia"]);
    await page(ctx, { endpointId: eu, title: "eu fails" });
    await respondDue(ctx.db);
    await page(ctx, { endpointId: us, title: "us fails" }, Date.now() + 16 * minuteMs);
    await respondDue(ctx.db);
    expect(await numbersOf(ctx)).toEqual({ 1: ["eu fails"], 2: ["us fails"] });
    // A person says that the deployment is not the cause: others with that cause open their own.
    const marked = (await listTimeline(ctx, { number: 1 })).find(({ isProbableCause }) => isProbableCause);
    await editTimelineEvent(ctx, { number: 1, eventId: marked?.id ?? 0, isProbableCause: false });
    await page(ctx, { endpointId: asia, title: "asia fails" });
    await respondDue(ctx.db);
    expect((await numbersOf(ctx))[3]).toEqual(["asia fails"]);
  }),
);

test(
  "joins pages after a change that a pipeline reported for all endpoints",
  inWorkspace(async (ctx) => {
    const { id: a } = await createEndpoint(ctx, { name: "a" });
    const { id: b } = await createEndpoint(ctx, { name: "b" });
    await recordChange(ctx, { kind: "data", title: "Features loaded", at: new Date(Date.now() - 5 * minuteMs) });
    await page(ctx, { endpointId: a, title: "a fails" });
    await page(ctx, { endpointId: b, title: "b fails" });
    await respondDue(ctx.db);
    expect(await numbersOf(ctx)).toEqual({ 1: ["a fails", "b fails"] });
    expect(await titles(ctx, 1)).toContain("Paged: b fails (It has the same likely cause: the same change.)");
  }),
);

test(
  "joins pages whose failures come from the same machine",
  inWorkspace(async (ctx) => {
    const now = Math.floor(Date.now() / minuteMs) * minuteMs;
    const ids: string[] = [];
    for (const name of ["a", "b", "c"]) {
      const { id: endpointId } = await createEndpoint(ctx, { name });
      const { id: versionId } = await newVersion(ctx, { model: name });
      ids.push(endpointId);
      for (const machine of ["gpu-1", "gpu-2"]) {
        // Of the third endpoint, both machines fail.
        const failures: Record<string, number> = machine === "gpu-2" || name === "c" ? { "500": 40 } : {};
        await ctx.db.insert(servingWindows).values({
          workspaceId: ctx.actor.workspaceId,
          endpointId,
          versionId,
          arm: "stable",
          gatewayId: machine,
          machine,
          windowStart: new Date(now - minuteMs),
          requests: 200,
          rows: 200,
          failures,
          latencySumMs: 0,
          queueSumMs: 0,
          computeSumMs: 0,
          latencyBuckets: {},
        });
      }
    }
    for (const [index, endpointId] of ids.entries()) {
      await page(ctx, { endpointId, title: `${"abc"[index]} fails`, startsAt: now - 2 * minuteMs });
    }
    await respondDue(ctx.db);
    expect(await numbersOf(ctx)).toEqual({ 1: ["a fails", "b fails"], 2: ["c fails"] });
    expect(await titles(ctx, 1)).toContain("Paged: b fails (It has the same likely cause: node gpu-2.)");
  }),
);

test(
  "notifies and escalates each page on its own although they are one incident, and raises its severity",
  inWorkspace(async (ctx) => {
    const url = "http://127.0.0.1:1/";
    const settings = { kind: "webhook", url, format: "alertmanager", maxAlerts: 0, sendsResolved: true } as const;
    for (const receiver of ["on-call", "tickets"]) await newReceiver(ctx, receiver, [{ settings }]);
    await createTeam(ctx, { name: "ml", members: [{ userId: ctx.actor.id, part: "lead" }] });
    const start = Date.now();
    const fire = async (service: string, minutes: number) => {
      const labels = { alertname: "Down", severity: "page", service, node: "gpu-7" };
      const at = start + minutes * minuteMs;
      const alert = { labels, startsAt: new Date(at), endsAt: new Date(at + 600 * minuteMs) };
      await receiveAlerts(ctx, [{ ...alert, annotations: { summary: `${service} is down` } }], {
        afterChange: notifyAfterChange,
        source: "api",
        now: at,
      });
      await expireDue(ctx.db, at + minuteMs);
      await flushDue(ctx.db, at + minuteMs);
      await respondDue(ctx.db);
      expect(await findPagingViolations(ctx.db, at + minuteMs)).toEqual([]);
    };
    await fire("churn", 0);
    const [first] = await ctx.db.select().from(alertGroups);
    await acknowledgeGroup(ctx, { groupId: first?.id ?? "" });
    await setIncidentSeverity(ctx, { number: 1, severity: "SEV3" });
    expect(await ctx.db.$count(escalations, isNull(escalations.endedAt))).toBe(0);
    await fire("fraud", 5);
    expect(await numbersOf(ctx)).toEqual({ 1: ["churn is down", "fraud is down"] });
    // The acknowledgement of the first page stops nothing of the second.
    const live = await ctx.db.select().from(escalations).where(isNull(escalations.endedAt));
    const second = (await ctx.db.select().from(alertGroups)).find(({ id }) => id !== first?.id);
    expect(live.map(({ groupId }) => groupId)).toEqual([second?.id]);
    expect((await listQueue(ctx)).rows).toMatchObject([{ state: "unacknowledged", groups: 2 }]);
    expect(await ctx.db.select().from(incidents)).toMatchObject([{ severity: "SEV2" }]);
  }),
);

test(
  "folds tickets of other endpoints with the same cause, and of composite SLOs and their components both ways",
  inWorkspace(async (ctx) => {
    const { eu = "", us = "", asia = "" } = await newFleet(ctx, "churn", ["eu", "us", "asia"]);
    const { fraud = "", card = "" } = await newFleet(ctx, "fraud", ["fraud", "card"]);
    const period = { kind: "rolling" as const, days: 30 };
    const slo = async (name: string, endpointId: string) =>
      createSlo(ctx, {
        name,
        definition: { target: 0.99, period, indicator: { kind: "availability", endpointId } },
      });
    const parts = [await slo("eu-up", eu), await slo("card-up", card)].map(({ id }) => ({ sloId: id }));
    const { id: both } = await createSlo(ctx, {
      name: "both-up",
      definition: { target: 0.99, period, composite: { mode: "worst", parts } },
    });
    await page(ctx, { endpointId: eu, title: "eu fails" });
    await page(ctx, { endpointId: fraud, title: "fraud fails" });
    await respondDue(ctx.db);
    await ticket(ctx, { endpointId: us, title: "us drifts" });
    await ticket(ctx, { endpointId: asia, title: "asia drifts" }, Date.now() - 40 * minuteMs);
    await ticket(ctx, { sloId: both, title: "both burn slowly" });
    const concluded = new Set<string>();
    await foldAlerts(ctx.db, attemptOnce, concluded);
    // The cause of each is concluded once.
    expect(concluded.size).toBe(1);
    await foldAlerts(ctx.db, attemptOnce, concluded);
    expect(concluded.size).toBe(1);
    expect(await numbersOf(ctx)).toEqual({
      1: ["both burn slowly", "eu fails", "us drifts"],
      2: ["fraud fails"],
    });
    expect(await titles(ctx, 1)).toEqual(
      expect.arrayContaining([
        "Also firing: us drifts (It has the same likely cause: churn version 2.)",
        "Also firing: both burn slowly (A composite SLO and one of its components belong together.)",
      ]),
    );
    // A component of the composite, whose endpoint the incident does not concern, opens its own.
    await ctx.db.update(deployments).set({ deployedAt: new Date(0) });
    await page(ctx, { endpointId: card, title: "card fails" });
    await respondDue(ctx.db);
    expect((await numbersOf(ctx))[3]).toEqual(["card fails"]);
  }),
);

test(
  "adds a component's page to the incident that a composite opened, which is about its endpoint then",
  inWorkspace(async (ctx) => {
    const { eu = "", us = "", asia = "" } = await newFleet(ctx, "churn", ["eu", "us", "asia"]);
    await ctx.db.update(deployments).set({ deployedAt: new Date(0) });
    const period = { kind: "rolling" as const, days: 30 };
    const parts = [];
    for (const [name, endpointId] of Object.entries({ eu, us })) {
      const indicator = { kind: "availability" as const, endpointId };
      const { id } = await createSlo(ctx, { name: `${name}-up`, definition: { target: 0.99, period, indicator } });
      parts.push({ sloId: id });
    }
    const composite = { mode: "worst" as const, parts };
    const { id: sloId } = await createSlo(ctx, { name: "all-up", definition: { target: 0.99, period, composite } });
    await page(ctx, { sloId, title: "all fail" });
    await respondDue(ctx.db);
    await page(ctx, { endpointId: asia, title: "asia fails" });
    await page(ctx, { endpointId: us, title: "us fails" });
    await respondDue(ctx.db);
    expect(await numbersOf(ctx)).toEqual({ 1: ["all fail", "us fails"], 2: ["asia fails"] });
    expect((await ctx.db.select().from(incidents).where(eq(incidents.number, 1)))[0]?.endpointId).toBe(us);
    await page(ctx, { endpointId: eu, title: "eu fails" });
    await respondDue(ctx.db);
    expect((await numbersOf(ctx))[3]).toEqual(["eu fails"]);
  }),
);

test(
  "reopens an incident for a new alert within 30 minutes of resolving, not for one that was there or is muted",
  inWorkspace(async (ctx) => {
    const { id: endpointId } = await createEndpoint(ctx, { name: "churn" });
    const groupId = await page(ctx, { endpointId, title: "churn fails" });
    await respondDue(ctx.db);
    const stateOf = async () => (await ctx.db.select().from(incidents))[0]?.state;
    await ticket(ctx, { endpointId, title: "older" }, Date.now() - 60 * minuteMs);
    const resolve = async () => {
      if ((await stateOf()) === "triage") await moveIncident(ctx, { number: 1, to: "active" });
      await moveIncident(ctx, { number: 1, to: "resolved", reason: "fixed" });
    };
    await resolve();
    await ticket(ctx, { endpointId, title: "muted", muted: 1 }, Date.now() + minuteMs);
    await foldAlerts(ctx.db, attemptOnce);
    expect(await stateOf()).toBe("resolved");
    await ticket(ctx, { endpointId, title: "too late" }, Date.now() + 31 * minuteMs);
    await foldAlerts(ctx.db, attemptOnce);
    expect(await stateOf()).toBe("resolved");
    await ticket(ctx, { endpointId, title: "new drift" }, Date.now() + 29 * minuteMs);
    await foldAlerts(ctx.db, attemptOnce);
    expect(await stateOf()).toBe("active");
    expect(await titles(ctx, 1)).toContain("Reopened: a new alert fired");
    expect((await numbersOf(ctx))[1]).toContain("new drift");
    await resolve();
    await page(ctx, { endpointId, title: "churn is slow" });
    await respondDue(ctx.db);
    expect(await stateOf()).toBe("active");
    await resolve();
    await ctx.db.update(alertGroups).set({ responseDueAt: new Date() }).where(eq(alertGroups.id, groupId));
    await respondDue(ctx.db);
    expect(await ctx.db.select().from(incidents)).toMatchObject([{ state: "active" }]);
    expect(await ctx.db.$count(incidentLinks, eq(incidentLinks.kind, "alert-group"))).toBeGreaterThan(2);
    expect(await ctx.db.$count(auditEvents, eq(auditEvents.action, "incident.resolved"))).toBe(3);
  }),
);

const kind = "alert-group";
const isOff = async (ctx: Context, ref: string) =>
  (await ctx.db.select().from(alertGroups).where(eq(alertGroups.id, ref)))[0]?.incidentId === null;

test(
  "folds nothing back that a person took off, although its incident was merged meanwhile",
  inWorkspace(async (ctx) => {
    const { id: eu } = await createEndpoint(ctx, { name: "eu" });
    const { id: us } = await createEndpoint(ctx, { name: "us" });
    await page(ctx, { endpointId: eu, title: "eu fails" });
    await page(ctx, { endpointId: us, title: "us fails" });
    await respondDue(ctx.db);
    const ref = await ticket(ctx, { endpointId: us, title: "us drifts" });
    await foldAlerts(ctx.db, attemptOnce);
    expect((await numbersOf(ctx))[2]).toEqual(["us drifts", "us fails"]);
    await mergeIncident(ctx, { number: 2, into: 1, reason: "One outage" });
    expect(await isOff(ctx, ref)).toBe(false);
    await unlinkIncident(ctx, { number: 1, kind, ref });
    // As if it was unlinked before the timeline said so.
    await ctx.db.delete(timelineEvents).where(like(timelineEvents.deduplicationKey, "unlinked:%"));
    await foldAlerts(ctx.db, attemptOnce);
    expect(await isOff(ctx, ref)).toBe(true);
  }),
);

test(
  "leaves off a page that a person unlinked, and opens another incident when it pages again",
  inWorkspace(async (ctx) => {
    const { id: endpointId } = await createEndpoint(ctx, { name: "eu" });
    await page(ctx, { endpointId, title: "eu fails" });
    const ref = await page(ctx, { endpointId, title: "eu is slow" });
    await respondDue(ctx.db);
    expect((await numbersOf(ctx))[1]).toEqual(["eu fails", "eu is slow"]);
    await unlinkIncident(ctx, { number: 1, kind, ref });
    expect(await titles(ctx, 1)).toContain("Unlinked: eu is slow");
    await ctx.db.delete(timelineEvents).where(like(timelineEvents.deduplicationKey, "unlinked:%"));
    await foldAlerts(ctx.db, attemptOnce);
    expect(await isOff(ctx, ref)).toBe(true);
    await ctx.db.update(alertGroups).set({ responseDueAt: new Date() }).where(eq(alertGroups.id, ref));
    await respondDue(ctx.db);
    expect(await numbersOf(ctx)).toEqual({ 1: ["eu fails"], 2: ["eu is slow"] });
    // So does what a person had linked and unlinks again.
    const linked = await ticket(ctx, { endpointId, title: "eu drifts" });
    await linkIncident(ctx, { number: 2, ref: linked, kind });
    await unlinkIncident(ctx, { number: 2, ref: linked, kind });
    await foldAlerts(ctx.db, attemptOnce);
    expect(await numbersOf(ctx)).toEqual({ 1: ["eu drifts", "eu fails"], 2: ["eu is slow"] });
  }),
);

test(
  "compares a ticket again after a failure, and opens the incident of a page despite one",
  inWorkspace(async (ctx) => {
    const { eu = "", us = "", asia = "" } = await newFleet(ctx, "churn", ["eu", "us", "asia"]);
    await page(ctx, { endpointId: eu, title: "eu fails" });
    await respondDue(ctx.db);
    await ticket(ctx, { endpointId: us, title: "us drifts" });
    const concluded = new Set<string>();
    const failing = vi.spyOn(starts, "findStartOf").mockRejectedValue(new Error("canceling statement due to timeout"));
    await foldAlerts(ctx.db, attemptOnce, concluded);
    await page(ctx, { endpointId: asia, title: "asia fails" });
    await respondDue(ctx.db);
    failing.mockRestore();
    expect(await numbersOf(ctx)).toEqual({ 1: ["eu fails"], 2: ["asia fails"] });
    expect(concluded.size).toBe(0);
    await foldAlerts(ctx.db, attemptOnce, concluded);
    expect(Object.values(await numbersOf(ctx)).flat()).toContain("us drifts");
  }),
);

test(
  "joins a page whose own incident is over to another one with the same cause",
  inWorkspace(async (ctx) => {
    const { eu = "", us = "" } = await newFleet(ctx, "churn", ["eu", "us"]);
    const groupId = await page(ctx, { endpointId: us, title: "us fails" });
    await respondDue(ctx.db);
    await moveIncident(ctx, { number: 1, to: "cancelled" });
    await page(ctx, { endpointId: eu, title: "eu fails" });
    await respondDue(ctx.db);
    await ctx.db.update(alertGroups).set({ responseDueAt: new Date() }).where(eq(alertGroups.id, groupId));
    await respondDue(ctx.db);
    expect(await numbersOf(ctx)).toEqual({ 1: [], 2: ["eu fails", "us fails"] });
  }),
);

test(
  "finds the incident of a ticket behind many that a person took off it",
  inWorkspace(async (ctx) => {
    const { id: endpointId } = await createEndpoint(ctx, { name: "eu" });
    await page(ctx, { endpointId, title: "eu fails" });
    await respondDue(ctx.db);
    const ref = await ticket(ctx, { endpointId, title: "eu drifts" });
    const [model] = await ctx.db.select().from(alertGroups).where(eq(alertGroups.id, ref));
    if (!model) throw new Error("The ticket is gone.");
    const { id: incidentId, workspaceId } = (await ctx.db.select().from(incidents))[0] ?? {};
    if (!incidentId || !workspaceId) throw new Error("The incident is gone.");
    const others = Array.from({ length: 501 }, (_, index) => ({
      ...model,
      id: crypto.randomUUID(),
      groupKey: `split ${index}`,
      createdAt: new Date(Date.now() + minuteMs),
    }));
    await ctx.db.insert(alertGroups).values(others);
    await ctx.db.insert(timelineEvents).values(
      others.map(({ id }) => ({
        workspaceId,
        incidentId,
        at: new Date(),
        kind: "edit",
        title: "Split off",
        actorKind: "person" as const,
        actorName: "Ada",
        deduplicationKey: `split:${id}:1`,
      })),
    );
    await foldAlerts(ctx.db, attemptOnce);
    expect((await numbersOf(ctx))[1]).toEqual(["eu drifts", "eu fails"]);
  }),
);
