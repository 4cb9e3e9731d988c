import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { alertGroups, incidents, notifications, sliHours, sloStates } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { minuteMs } from "#server/base/durations.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { newLogged, newServed, newSlo } from "#server/testing/fixtures/slo/testing.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { newGroup } from "../../testing/fixtures/incidents/testing.ts";
import { missedIncidents } from "../alert-quality/counts.ts";
import { attachDueFacts } from "./attach-due-facts.ts";
import { declareIncident } from "./declare-incident.ts";
import { incidentWatcher } from "./incident-watcher.ts";
import { linkIncident } from "./links/link-incident.ts";
import { moveIncident } from "./move-incident.ts";
import { openIncident } from "./open-incident.ts";
import { draftPostMortem } from "./post-mortems/draft-post-mortem.ts";
import { getPostMortem, listPostMortemRevisions } from "./post-mortems/queries.ts";
import { waivePostMortem } from "./post-mortems/waive-post-mortem.ts";
import { writePostMortem } from "./post-mortems/write-post-mortem.ts";
import { getIncident } from "./queries.ts";
import { responseMetrics } from "./response/queries.ts";
import { listTimeline } from "./timeline/queries.ts";
import { watchIncident } from "./watch-incident.ts";

/** Creates an SLO with 100 requests a minute, 20 of them bad from 60 to 30 minutes ago, and its page 54 minutes ago. */
async function outage(ctx: Context) {
  const { endpointId, versionId } = await newServed(ctx);
  const slo = await newSlo(ctx, { kind: "availability", endpointId }, { target: 0.99 });
  const at = await countMinutes(ctx, slo.seriesId ?? "", { versionId, bad: 20 });
  const groupId = await newGroup(ctx, { endpointId, sloId: slo.id });
  const detectedAt = new Date(at(54));
  const input = { groupId, title: "digits fails", endpointId, startedAt: new Date(at(56)), detectedAt };
  const { id, number } = await openIncident(ctx, input);
  await attachDueFacts(ctx, id);
  return { id, number, groupId, slo, endpointId, versionId, at };
}

/** Counts 100 requests a minute, so many of them bad from 60 to 30 minutes ago. @returns the time so many minutes ago */
async function countMinutes(
  ctx: Context,
  seriesId: string,
  { versionId, bad }: { versionId: string; bad: number },
): Promise<(before: number) => number> {
  const now = Math.floor(Date.now() / minuteMs) * minuteMs;
  const at = (before: number) => now - before * minuteMs;
  const hours = new Map<number, { good: number[]; total: number[] }>();
  for (let before = 150; before > 0; before--) {
    const hour = Math.floor(at(before) / 3_600_000) * 3_600_000;
    const row = hours.get(hour) ?? { good: Array(60).fill(0), total: Array(60).fill(0) };
    const index = (at(before) - hour) / minuteMs;
    row.total[index] = 100;
    row.good[index] = before <= 60 && before > 30 ? 100 - bad : 100;
    hours.set(hour, row);
  }
  const { workspaceId } = ctx.actor;
  for (const [hour, row] of hours) {
    await ctx.db.insert(sliHours).values({ workspaceId, seriesId, versionId, hour: new Date(hour), ...row });
  }
  return at;
}

test(
  "starts in the first bad minute, is mitigated after 15 good ones, and has the counted impact",
  inWorkspace(async (ctx) => {
    const { id, number, at, slo, endpointId, versionId } = await outage(ctx);
    const budget = { total: 150_000 };
    const { workspaceId } = ctx.actor;
    await ctx.db
      .insert(sloStates)
      .values({ workspaceId, sloId: slo.id, evaluatedAt: new Date(), state: { budget } as never });
    for (const [before, caller] of [
      [59, "a"],
      [59, "b"],
      [59, "b"],
      [58, "a"],
    ] as const) {
      await newLogged(ctx, {
        endpointId,
        versionId,
        at: new Date(at(before)),
        status: 500,
        caller,
        loggedReason: "failed",
      });
    }
    expect((await getIncident(ctx, { number })).startedAt).toEqual(new Date(at(60)));
    // In triage no one has confirmed it yet: it is counted, not mitigated.
    await watchIncident(ctx, number, Date.now());
    expect(await getIncident(ctx, { number })).toMatchObject({ state: "triage", impact: { badEvents: 600 } });
    await moveIncident(ctx, { number, to: "active" });
    await watchIncident(ctx, number, Date.now());
    const mitigated = await getIncident(ctx, { number });
    expect(mitigated).toMatchObject({ state: "mitigated", mitigatedAt: new Date(at(30)) });
    expect(mitigated.impact).toMatchObject({ badEvents: 600, events: 3000, customerMinutes: 3 });
    expect(mitigated.impact.impactMinutes).toBeCloseTo(6, 9);
    const last = (await listTimeline(ctx, { number })).find(({ title }) => title.startsWith("Mitigated"));
    expect(last).toMatchObject({ at: new Date(at(30)), kind: "state" });
    await watchIncident(ctx, number, Date.now());
    const metrics = await responseMetrics(ctx, { from: new Date(at(600)), to: new Date() });
    expect(metrics).toMatchObject({ incidents: 0, open: 1, restore: null });
    await moveIncident(ctx, { number, to: "resolved" });
    const { detect, restore } = await responseMetrics(ctx, { from: new Date(at(600)), to: new Date() });
    expect([detect?.mean, restore?.mean]).toEqual([6 * minuteMs, 30 * minuteMs]);
    expect(id).toBeTruthy();
  }),
);

test(
  "is detected when the first page was delivered",
  inWorkspace(async (ctx) => {
    const { id, number, groupId, at } = await outage(ctx);
    const { workspaceId } = ctx.actor;
    const sent = { workspaceId, turn: "x", lane: "x", groupId, kind: "group", severity: "page", message: {} as never };
    for (const before of [52, 53]) {
      const deliveredAt = new Date(at(before));
      await ctx.db
        .insert(notifications)
        .values({ ...sent, deduplicationKey: randomUUID(), state: "delivered", deliveredAt });
    }
    await watchIncident(ctx, number, Date.now());
    const [row] = await ctx.db.select().from(incidents).where(eq(incidents.id, id));
    expect(row).toMatchObject({ pagedAt: new Date(at(53)), detectedAt: new Date(at(53)) });
  }),
);

async function addPage(ctx: Context, groupId: string, deliveredAt: Date) {
  const { workspaceId } = ctx.actor;
  const sent = { workspaceId, turn: "x", lane: "x", groupId, kind: "group", severity: "page", message: {} as never };
  await ctx.db
    .insert(notifications)
    .values({ ...sent, deduplicationKey: randomUUID(), state: "delivered", deliveredAt });
}

test(
  "is not detected by a page from before its start, when an older group is linked",
  inWorkspace(async (ctx) => {
    const { number, groupId, at } = await outage(ctx);
    await addPage(ctx, groupId, new Date(at(53)));
    const older = await newGroup(ctx);
    await addPage(ctx, older, new Date(at(600)));
    await linkIncident(ctx, { number, kind: "alert-group", ref: older });
    await watchIncident(ctx, number, Date.now());
    const { pagedAt, detectedAt } = await getIncident(ctx, { number });
    expect([pagedAt, detectedAt]).toEqual([new Date(at(53)), new Date(at(53))]);
  }),
);

test(
  "counts a declared incident as paged once a page joins it, and leaves its detection to the person",
  inWorkspace(async (ctx) => {
    const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
    const declared = await declareIncident(ctx, { title: "digits fails", severity: "SEV2", endpointId });
    expect(await missedIncidents(ctx, new Date(0))).toMatchObject({ incidents: 1, missed: 1 });
    const groupId = await newGroup(ctx, { endpointId });
    const { number } = await openIncident(ctx, { groupId, title: "digits", endpointId, startedAt: new Date() });
    expect(number).toBe(declared.number);
    const deliveredAt = new Date(Date.now() + minuteMs);
    await addPage(ctx, groupId, deliveredAt);
    await watchIncident(ctx, number, Date.now());
    const { pagedAt, detectedAt, isFoundByMachine } = await getIncident(ctx, { number });
    expect({ pagedAt, detectedAt, isFoundByMachine }).toEqual({
      pagedAt: deliveredAt,
      detectedAt: declared.detectedAt,
      isFoundByMachine: false,
    });
    expect(await missedIncidents(ctx, new Date(0))).toMatchObject({ incidents: 1, missed: 0, recall: 1 });
  }),
);

test(
  "stays active for 15 minutes after a person has reopened it, however calm it was before",
  inWorkspace(async (ctx) => {
    const { number, at } = await outage(ctx);
    await moveIncident(ctx, { number, to: "active" });
    await watchIncident(ctx, number, Date.now());
    await moveIncident(ctx, { number, to: "active", reason: "it is not over" });
    await watchIncident(ctx, number, Date.now());
    expect((await getIncident(ctx, { number })).state).toBe("active");
    const reopenedAt = new Date(at(16));
    await ctx.db.update(incidents).set({ reopenedAt });
    await watchIncident(ctx, number, Date.now());
    expect(await getIncident(ctx, { number })).toMatchObject({ state: "mitigated", mitigatedAt: reopenedAt });
  }),
);

test(
  "in triage, is mitigated 15 minutes after its alerts have ended, and its impact is counted until then",
  inWorkspace(async (ctx) => {
    const { number, groupId, at } = await outage(ctx);
    const end = (before: number) =>
      ctx.db
        .update(alertGroups)
        .set({ endedAt: new Date(at(before)) })
        .where(eq(alertGroups.id, groupId));
    await end(10);
    await watchIncident(ctx, number, Date.now());
    expect((await getIncident(ctx, { number })).state).toBe("triage");
    await end(20);
    await watchIncident(ctx, number, Date.now());
    expect(await getIncident(ctx, { number })).toMatchObject({
      state: "mitigated",
      mitigatedAt: new Date(at(20)),
      acknowledgedAt: null,
    });
    expect((await listTimeline(ctx, { number })).at(-1)?.title).toContain("no one acknowledged it");
  }),
);

test("is evaluated by two workers and ended once", async () => {
  const { db } = await freshDatabase();
  const ctx = await newWorkspace(db);
  const { number } = await outage(ctx);
  await moveIncident(ctx, { number, to: "active" });
  const runners = [incidentWatcher(db), incidentWatcher(db)];
  await Promise.all(runners.map((runner) => runner.start()));
  await Promise.all(runners.map((runner) => runner.stop()));
  const ends = (await listTimeline(ctx, { number })).filter(({ title }) => title.startsWith("Mitigated"));
  expect(ends).toHaveLength(1);
});

test(
  "drafts a post-mortem when a severe incident is resolved, closes it when done, and keeps all revisions",
  inWorkspace(async (ctx) => {
    const { number } = await outage(ctx);
    await moveIncident(ctx, { number, to: "active" });
    await moveIncident(ctx, { number, to: "resolved" });
    const drafted = await getPostMortem(ctx, { number });
    expect(drafted).toMatchObject({ state: "draft", revision: 1, isOverdue: false, dueOn: expect.any(String) });
    expect(drafted.body).toContain("Detected by alert after");
    expect(drafted.body.replaceAll("\u00a0", " ")).toContain("peaked at a burn rate of 20 (5 min");
    await expect(moveIncident(ctx, { number, to: "closed" })).rejects.toThrow("post-mortem");
    await writePostMortem(ctx, { number, body: "# What we learnt", revision: 1 });
    const lost = writePostMortem(ctx, { number, body: "# Mine", revision: 1 });
    await expect(lost).rejects.toMatchObject({ code: "conflict", field: "body" });
    await draftPostMortem(ctx, { number });
    const done = await writePostMortem(ctx, { number, body: "# Done", revision: 3, isDone: true });
    expect(done).toMatchObject({ state: "done", revision: 4 });
    await expect(draftPostMortem(ctx, { number })).rejects.toMatchObject({ code: "conflict" });
    await expect(waivePostMortem(ctx, { number, reason: "x" })).rejects.toMatchObject({ code: "conflict" });
    const kept = await listPostMortemRevisions(ctx, { number });
    expect(kept.map(({ revision, body }) => [revision, body.slice(0, 8)])).toEqual([
      [4, "# Done"],
      [3, "# INC-1:"],
      [2, "# What w"],
      [1, "# INC-1:"],
    ]);
    expect(await moveIncident(ctx, { number, to: "closed" })).toMatchObject({ state: "closed" });
  }),
);

test(
  "closes with a waived post-mortem",
  inWorkspace(async (ctx) => {
    const { number } = await outage(ctx);
    await moveIncident(ctx, { number, to: "active" });
    await moveIncident(ctx, { number, to: "resolved" });
    const waived = await waivePostMortem(ctx, { number, reason: "a drill" });
    expect(waived).toMatchObject({ state: "waived", waiver: `${ctx.actor.name}: a drill` });
    expect(await moveIncident(ctx, { number, to: "closed" })).toMatchObject({ state: "closed" });
    expect((await draftPostMortem(ctx, { number })).state).toBe("draft");
  }),
);

test(
  "adds up the impact at its endpoints, of each the worst objective, and counts among the incidents of both",
  inWorkspace(async (ctx) => {
    const { number, endpointId, versionId, at } = await outage(ctx);
    const { id: other } = await createEndpoint(ctx, { name: "other" });
    const objectives = [
      await newSlo(ctx, { kind: "availability", endpointId }, { target: 0.9, name: "second" }),
      await newSlo(ctx, { kind: "availability", endpointId: other }, { target: 0.99, name: "third" }),
    ];
    for (const [index, { id, seriesId }] of objectives.entries()) {
      // The second objective of the first endpoint counts the same requests.
      if (index === 1) await countMinutes(ctx, seriesId ?? "", { versionId, bad: 50 });
      await linkIncident(ctx, { number, kind: "slo", ref: id });
    }
    for (const [id, caller] of [
      [endpointId, "a"],
      [other, "a"],
      [other, "b"],
    ] as const) {
      const failed = { status: 500, loggedReason: "failed" as const, at: new Date(at(59)) };
      await newLogged(ctx, { ...failed, versionId, caller, endpointId: id });
    }
    const groupId = await newGroup(ctx, { endpointId: other });
    await linkIncident(ctx, { number, kind: "alert-group", ref: groupId });
    await moveIncident(ctx, { number, to: "active" });
    await watchIncident(ctx, number, Date.now());
    const { impact } = await getIncident(ctx, { number });
    expect(impact).toMatchObject({ badEvents: 600 + 1500, customerMinutes: 2 });
    const span = { from: new Date(at(600)), to: new Date() };
    for (const id of [endpointId, other]) {
      expect(await responseMetrics(ctx, { ...span, endpointId: id })).toMatchObject({ open: 1 });
    }
  }),
);
