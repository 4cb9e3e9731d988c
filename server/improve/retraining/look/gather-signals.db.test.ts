import { randomUUID } from "node:crypto";
import { and, eq } from "drizzle-orm";
import { expect, test } from "vitest";
import {
  datasets,
  datasetVersions,
  deployments,
  labelProjects,
  modelVersions,
  retrainingCycles,
  runDatasets,
  sliHours,
  sliSeries,
  sloStates,
} from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs, minuteMs } from "#server/base/durations.ts";
import { addLabelled, newAnimalProject } from "#server/testing/fixtures/label-flows/testing.ts";
import { addFinding, addQualityHour, newLookedAt } from "#server/testing/fixtures/retraining/look-testing.ts";
import { newSlo } from "#server/testing/fixtures/slo/testing.ts";
import { newRun } from "#server/testing/fixtures/tracking/testing.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { setMonitor } from "#server/watch/monitoring/settings/set-monitor.ts";
import { gatherSignals } from "./gather-signals.ts";

const now = Date.now();
const today = Math.floor(now / dayMs) * dayMs;
const ago = (hours: number) => new Date(now - hours * hourMs);

/** Days of quality of which each version had so many of 100 right, from the last full day backwards. */
async function addDays(ctx: Context, of: { endpointId: string; versionId: string }, ...right: number[]) {
  for (const [at, count] of right.entries()) {
    const hour = today - (at + 1) * dayMs + 5 * hourMs;
    await addQualityHour(ctx, {
      ...of,
      hour,
      confusion: [
        ["a", "a", count],
        ["b", "a", 100 - count],
      ],
    });
  }
}

const deployedAt = (ctx: Context, versionId: string, at: Date) =>
  ctx.db.update(deployments).set({ deployedAt: at }).where(eq(deployments.versionId, versionId));

test(
  "reads full days of the champion's quality since it serves, without those whose labels are few or not complete",
  inWorkspace(async (ctx) => {
    const { policy, ...of } = await newLookedAt(ctx, {
      triggers: [
        { kind: "quality", source: "realised", metric: "accuracy", below: 0.9 },
        { kind: "quality", source: "realised", metric: "accuracy", below: 0.8 },
        { kind: "quality", source: "estimated", metric: "accuracy", below: 0.9 },
        { kind: "quality", source: "realised", metric: "unheard of", below: 0.9 },
      ],
    });
    await setMonitor(ctx, { endpointId: of.endpointId, settings: { maturityMs: 36 * hourMs }, reason: "As agreed." });
    // One of an earlier version, and one of the champion from before it served.
    await addDays(ctx, of, 88, 87, 86, 85, 84);
    await addQualityHour(ctx, {
      ...of,
      versionId: randomUUID(),
      hour: today - 3 * dayMs,
      confusion: [["a", "b", 100]],
    });
    await addQualityHour(ctx, { ...of, hour: today + hourMs, confusion: [["a", "b", 100]] });
    await deployedAt(ctx, of.versionId, new Date(today - 4 * dayMs + hourMs));
    const { quality, drifts, labels } = await gatherSignals(ctx, policy, today + 13 * hourMs);
    expect(quality).toEqual([
      {
        source: "realised",
        metric: "accuracy",
        windows: [0.85, 0.86, 0.87, 0.88].map((value, at) => ({
          endsAt: today - (3 - at) * dayMs,
          value: at < 3 ? value : null,
        })),
      },
      { source: "estimated", metric: "accuracy", windows: expect.arrayContaining([{ endsAt: today, value: null }]) },
      { source: "realised", metric: "unheard of", windows: expect.arrayContaining([{ endsAt: today, value: null }]) },
    ]);
    expect([drifts, labels.count]).toEqual([[], 0]);
    const other = await newWorkspace(ctx.db);
    expect((await gatherSignals(other, policy, now)).quality).toEqual([]);
  }),
);

test(
  "finds drift of the champion's inputs, new versions of datasets, and the slots since the last cycle",
  inWorkspace(async (ctx) => {
    const { policy, endpointId, versionId } = await newLookedAt(ctx, {
      triggers: [
        { kind: "drift" },
        { kind: "dataset", dataset: "flights" },
        { kind: "dataset", dataset: "used" },
        { kind: "dataset", dataset: "older" },
        { kind: "schedule", cron: "0 * * * *", timeZone: "UTC" },
      ],
    });
    await addFinding(ctx, { endpointId, versionId: randomUUID(), openedAt: ago(30) });
    const slow = await addFinding(ctx, { endpointId, versionId, key: "slow:feature:amount", openedAt: ago(20) });
    await addFinding(ctx, { endpointId, segment: "city=Bern", openedAt: ago(30) });
    await addFinding(ctx, { endpointId, closedAt: ago(1), openedAt: ago(30) });
    const { runId, experimentId } = await newRun(ctx);
    await ctx.db
      .update(modelVersions)
      .set({ runId, createdAt: ago(48).getTime() })
      .where(eq(modelVersions.id, versionId));
    const add = (name: string, digest: string, hours: number) =>
      addVersion(ctx, { name, digest, createdAt: ago(hours) });
    await add("flights", "first", 60);
    await add("flights", "newest", 5);
    await add("used", "known", 47);
    await add("older", "unused", 50);
    await use(ctx, { runId, experimentId }, "used", "known");
    const slot = Math.floor(now / hourMs) * hourMs;
    expect((await gatherSignals(ctx, { ...policy, createdAt: new Date(slot) }, now)).slots).toEqual(new Map());
    const earlier = { ...policy, createdAt: ago(10) };
    const signals = await gatherSignals(ctx, earlier, now);
    expect(signals).toEqual({
      drifts: [{ id: slow, feature: "amount", since: ago(20).getTime() }],
      quality: [],
      slos: [],
      labels: { count: 0, dataEnd: ago(47).getTime() },
      datasets: [{ name: "flights", digest: "newest" }],
      slots: new Map([[4, slot]]),
    });
    const cycle = { workspaceId: ctx.actor.workspaceId, policyId: policy.id, number: 1, revision: 1, evidence: [] };
    const champion = { championId: versionId, championVersion: 1, rules: policy.rules, plan: policy.plan };
    await ctx.db.insert(retrainingCycles).values({ ...cycle, ...champion, startedAt: new Date(slot) });
    expect((await gatherSignals(ctx, earlier, now)).slots).toEqual(new Map());
  }),
);

async function addVersion(ctx: Context, version: { name: string; digest: string; createdAt: Date }) {
  const file = { fileName: "a.csv", format: "csv" as const, artifactKey: "x", sizeBytes: 1, sha256: "s" };
  await ctx.db.insert(datasetVersions).values({
    ...version,
    ...file,
    workspaceId: ctx.actor.workspaceId,
    contentHash: version.digest,
    rows: 1,
    columns: [],
    createdBy: "test",
  });
}

async function use(ctx: Context, run: { runId: string; experimentId: number }, name: string, digest: string) {
  const { workspaceId } = ctx.actor;
  const { runId, experimentId } = run;
  const [logged] = await ctx.db
    .insert(datasets)
    .values({ workspaceId, experimentId, name, digest, sourceType: "", source: "", createdAt: 1 })
    .returning();
  await ctx.db.insert(runDatasets).values({ workspaceId, runId, datasetId: logged?.id ?? "" });
}

test(
  "counts labels that are new to the champion: mature ones of the log, or those of the project",
  inWorkspace(async (ctx) => {
    const { policy, endpointId, versionId } = await newLookedAt(ctx, { triggers: [{ kind: "labels", atLeast: 1 }] });
    await ctx.db.update(modelVersions).set({ createdAt: today - 3 * dayMs });
    await setMonitor(ctx, { endpointId, settings: { maturityMs: 2 * hourMs }, reason: "As agreed." });
    await addDays(ctx, { endpointId, versionId }, 90, 90, 90, 90);
    await addQualityHour(ctx, { endpointId, versionId, hour: now - hourMs, confusion: [["a", "a", 100]] });
    const { labels } = await gatherSignals(ctx, policy, now);
    expect(labels).toEqual({ count: 300, dataEnd: today - 3 * dayMs });
    const { id: project } = await newAnimalProject(ctx);
    await addLabelled(ctx, project, { item: "old", label: "cat", settledAt: new Date(today - 4 * dayMs) });
    await addLabelled(ctx, project, { item: "new", label: "cat", settledAt: new Date(today - dayMs) });
    const plan = { ...policy.plan, data: { kind: "labels" as const, project, dataset: "animal-labels" } };
    expect((await gatherSignals(ctx, { ...policy, plan }, now)).labels.count).toBe(1);
    // Trained on an export of the project, though the project is of no endpoint.
    const { runId, experimentId } = await newRun(ctx);
    await ctx.db.update(modelVersions).set({ runId });
    await use(ctx, { runId, experimentId }, "animal-labels", "d1");
    const requestedAt = new Date(today - 5 * dayMs).toISOString();
    await ctx.db
      .update(labelProjects)
      .set({ progress: { exports: [exported(requestedAt)] } })
      .where(and(eq(labelProjects.workspaceId, ctx.actor.workspaceId), eq(labelProjects.id, project)));
    const found = await gatherSignals(ctx, { ...policy, plan }, now);
    expect(found.labels).toEqual({ count: 2, dataEnd: Date.parse(requestedAt) });
  }),
);

const exported = (requestedAt: string) => ({
  id: randomUUID(),
  dataset: "animal-labels",
  format: "csv" as const,
  forTraining: true,
  audit: null,
  state: "done" as const,
  problem: null,
  requestedBy: "x",
  requestedAt,
  rows: 2,
  frozen: 0,
  gold: 0,
  digest: "d1",
  evaluationSetId: null,
});

test(
  "finds since when an SLO burns, at whatever minute it looks",
  inWorkspace(async (ctx) => {
    const { policy, endpointId, versionId } = await newLookedAt(ctx, { triggers: [] });
    const slo = await newSlo(ctx, { kind: "availability", endpointId }, { target: 0.99 });
    const triggers = [{ kind: "slo" as const, slo: slo.id, remainingBelow: 0.25 }];
    const watching = { ...policy, rules: { ...policy.rules, triggers } };
    const began = Math.floor(now / hourMs) * hourMs - 40 * minuteMs;
    const first = Math.floor(now / hourMs) * hourMs - 5 * hourMs;
    await ctx.db
      .update(sliSeries)
      .set({ countedFrom: new Date(now - 60 * dayMs), countedUntil: new Date(now + hourMs) })
      .where(eq(sliSeries.id, slo.seriesId));
    for (let hour = first; hour < now; hour += hourMs) {
      const total = Array.from({ length: 60 }, () => 100);
      const good = total.map((_, minute) => (hour + minute * minuteMs >= began ? 60 : 100));
      await ctx.db.insert(sliHours).values({
        workspaceId: ctx.actor.workspaceId,
        seriesId: slo.seriesId,
        versionId,
        hour: new Date(hour),
        good,
        total,
      });
    }
    const evaluate = (remaining: number, periodStart: number) => {
      const row = { sloId: slo.id, workspaceId: ctx.actor.workspaceId, evaluatedAt: new Date() };
      const set = { ...row, state: { ...sloState, budget: { ...sloState.budget, remaining, periodStart } } };
      return ctx.db.insert(sloStates).values(set).onConflictDoUpdate({ target: sloStates.sloId, set });
    };
    await evaluate(0.3, now - 30 * dayMs);
    expect((await gatherSignals(ctx, watching, now)).slos).toEqual([]);
    await evaluate(0.2, now - 30 * dayMs);
    const signal = { id: slo.id, name: "an-slo", remaining: 0.2, periodStart: began, since: began };
    expect((await gatherSignals(ctx, watching, now)).slos).toEqual([signal]);
    await evaluate(0.2, now - 30 * dayMs + minuteMs);
    expect((await gatherSignals(ctx, watching, now + minuteMs)).slos).toEqual([signal]);
    // The minute that spends it is still in progress.
    const soon = began + 20_000;
    await evaluate(0.2, soon - 30 * dayMs);
    expect((await gatherSignals(ctx, watching, soon)).slos).toEqual([signal]);
    const other = await newWorkspace(ctx.db);
    expect((await gatherSignals(other, watching, now)).slos).toEqual([]);
  }),
);

const sloState = {
  at: 0,
  budget: {
    good: 0,
    total: 0,
    bad: 0,
    ratio: null,
    interval: null,
    band: "healthy" as const,
    allowed: null,
    evenPace: null,
    burnRate: null,
    exhaustedAt: null,
    periodEnd: null,
  },
  tiers: [],
  absent: null,
  pending: null,
  knownUntil: null,
  spark: [],
  words: [],
};
