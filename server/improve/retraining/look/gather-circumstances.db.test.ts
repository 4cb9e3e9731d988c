import { and, eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { deployments, jobTemplates, modelVersions, retrainingCycles } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs } from "#server/base/durations.ts";
import { TemplateSpec } from "#server/improve/training/contract.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { addLabelled, newAnimalProject } from "#server/testing/fixtures/label-flows/testing.ts";
import { addFinding, addQualityHour, newLookedAt } from "#server/testing/fixtures/retraining/look-testing.ts";
import { newVersion } from "#server/testing/fixtures/serving/testing.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { setMonitor } from "#server/watch/monitoring/settings/set-monitor.ts";
import { gatherCircumstances } from "./gather-circumstances.ts";

const now = Date.now();
const ago = (hours: number) => new Date(now - hours * hourMs);
const hour = Math.floor(now / hourMs) * hourMs;

test(
  "reads cycles, the last deployment, what broke and what other models share",
  inWorkspace(async (ctx) => {
    const { policy, endpointId, versionId } = await newLookedAt(ctx, {});
    expect(await gatherCircumstances(ctx, policy, { now })).toMatchObject({
      isPaused: false,
      openCycle: null,
      cycles: [],
      brokenFeatures: [],
      // There is nothing to roll back to.
      deployment: null,
      commonCause: null,
      cost: { ofCycle: null, left: null },
      freeze: null,
      openInWorkspace: 0,
    });
    const cycle = (
      number: number,
      hours: number,
      state: (typeof retrainingCycles.$inferSelect)["state"],
      key: string,
    ) => ({
      workspaceId: ctx.actor.workspaceId,
      policyId: policy.id,
      number,
      state,
      revision: 1,
      rules: policy.rules,
      plan: policy.plan,
      evidence: [{ key, trigger: "drift" as const, words: "x", since: 0, labelsFrom: 0 }],
      championId: versionId,
      championVersion: 1,
      startedAt: ago(hours + 2),
      endedAt: state === "training" ? null : ago(hours),
    });
    await ctx.db
      .insert(retrainingCycles)
      .values([
        cycle(1, 90, "rejected", "drift:a"),
        cycle(2, 50, "adopted", "drift:b"),
        cycle(3, 1, "training", "drift:c"),
      ]);
    await newVersion(ctx, { model: "churn", version: 2 });
    await deployVersion(ctx, { endpointId, model: "churn", version: 2 });
    await ctx.db.update(deployments).set({ deployedAt: ago(6) });
    await addFinding(ctx, { endpointId, feature: "amount", openedAt: ago(5) });
    for (const name of ["fraud", "price", "late"]) {
      const { endpointId } = await newLookedAt(ctx, {}, { name });
      await addFinding(ctx, {
        endpointId,
        feature: "amount",
        openedAt: ago(name === "late" ? 3 : 5.5),
        closedAt: ago(1),
      });
    }
    const other = await newWorkspace(ctx.db);
    const elsewhere = await newLookedAt(other, {});
    await addFinding(other, { endpointId: elsewhere.endpointId, feature: "amount", openedAt: ago(5) });
    const missing = { endpointId, watcher: "integrity" as const, kind: "missing values", feature: "age" };
    await addFinding(ctx, { ...missing, openedAt: new Date("2026-03-04T23:00:00Z") });
    await addFinding(ctx, { ...missing, watcher: "skew", kind: "late or corrected values", feature: "stats" });
    await addFinding(ctx, { ...missing, feature: "city", closedAt: ago(1) });
    expect(await gatherCircumstances(ctx, { ...policy, pausedAt: ago(1) }, { now })).toMatchObject({
      isPaused: true,
      openCycle: 3,
      openInWorkspace: 1,
      cycles: [
        { startedAt: ago(92).getTime(), endedAt: ago(90).getTime(), outcome: "rejected", evidence: ["drift:a"] },
        { outcome: "adopted", evidence: ["drift:b"] },
      ],
      deployment: { version: 2, at: ago(6).getTime() },
      brokenFeatures: [{ feature: "age", words: "has often been missing since 4 March" }],
      commonCause: { cause: "amount", models: 3 },
    });
    expect(await gatherCircumstances(other, elsewhere.policy, { now })).toMatchObject({
      openInWorkspace: 0,
      cycles: [],
    });
  }),
);

test(
  "estimates a cycle as the submit of its job does",
  inWorkspace(async (ctx) => {
    const { policy } = await newLookedAt(ctx, {});
    const spec = TemplateSpec.parse({ job: { command: ["true"], limits: { hours: 2, cost: 7 } }, parameters: [] });
    const template = { workspaceId: ctx.actor.workspaceId, name: "flights", spec, createdBy: "x" };
    await ctx.db.insert(jobTemplates).values(template);
    const { cost } = await gatherCircumstances(ctx, policy, { now });
    expect(cost).toMatchObject({ ofCycle: 7, left: null });
    expect(cost.format(7)).toContain("7");
    await ctx.db.update(jobTemplates).set({ archivedAt: new Date() });
    expect((await gatherCircumstances(ctx, policy, { now })).cost.ofCycle).toBeNull();
  }),
);

test(
  "says what mature labels the prediction log has after each time",
  inWorkspace(async (ctx) => {
    const { policy, ...of } = await newLookedAt(ctx, {});
    await setMonitor(ctx, { endpointId: of.endpointId, settings: { maturityMs: 2 * hourMs }, reason: "As agreed." });
    const at = (hours: number) => hour - hours * hourMs;
    await addQualityHour(ctx, {
      ...of,
      hour: at(60),
      confusion: [
        ["cat", "cat", 40],
        ["dog", "cat", 10],
      ],
      unlabelled: 50,
    });
    await addQualityHour(ctx, {
      ...of,
      hour: at(30),
      confusion: [
        ["cat", "cat", 30],
        ["dog", "dog", 2],
      ],
      unlabelled: 8,
    });
    await addQualityHour(ctx, { ...of, hour: at(1), confusion: [["cat", "cat", 99]] });
    const [early, late] = [at(60), at(30)];
    const read = async () =>
      (await gatherCircumstances(ctx, policy, { now, labelsFrom: [late, early, late] })).labelsFrom;
    const labelsFrom = await read();
    expect(labelsFrom(early)).toMatchObject({
      mature: 82,
      rarestClass: { name: "dog", count: 12 },
      completeness: 82 / 140,
      // The log does not say who reported a label.
      largestSource: null,
    });
    expect(labelsFrom(early).perDay).toBeCloseTo(82 / ((now - 2 * hourMs - at(60)) / dayMs), 6);
    expect(labelsFrom(late)).toMatchObject({ mature: 32, rarestClass: { name: "dog", count: 2 }, completeness: 0.8 });
    expect(labelsFrom(now)).toMatchObject({ mature: 0, completeness: 1, rarestClass: null });
    // A class that the model knows may have no label at all.
    const [version] = await ctx.db.select().from(modelVersions).where(eq(modelVersions.id, of.versionId));
    const signature = version?.signature && { ...version.signature, labels: ["cat", "dog", "fox"] };
    await ctx.db.update(modelVersions).set({ signature }).where(eq(modelVersions.id, of.versionId));
    expect((await read())(late).rarestClass).toEqual({ name: "fox", count: 0 });
  }),
);

test(
  "says what labels of a project are new, by class and by people who labelled alone",
  inWorkspace(async (ctx) => {
    const { id: project } = await newAnimalProject(ctx);
    const { policy, versionId } = await newLookedAt(ctx, {}, { data: { kind: "labels", project, dataset: "animals" } });
    const dataEnd = ago(100).getTime();
    const ofVersion = and(eq(modelVersions.workspaceId, ctx.actor.workspaceId), eq(modelVersions.id, versionId));
    await ctx.db.update(modelVersions).set({ createdAt: dataEnd }).where(ofVersion);
    const label = (item: string, name: string, people: string[], hours: number, settledHours = hours) =>
      addLabelled(ctx, project, {
        item,
        label: name,
        given: Object.fromEntries(people.map((person) => [person, name])),
        createdAt: ago(hours),
        settledAt: ago(settledHours),
      });
    await label("learned", "cat", ["ada"], 120);
    await label("settled since", "cat", ["ada"], 120, 20);
    await label("a", "cat", ["ada"], 90);
    await label("b", "dog", [ctx.actor.id], 50);
    await label("c", "cat", ["ada", "ben"], 50);
    const { labelsFrom } = await gatherCircumstances(ctx, policy, { now, labelsFrom: [dataEnd, ago(60).getTime()] });
    expect(labelsFrom(dataEnd)).toEqual({
      mature: 4,
      rarestClass: { name: "dog", count: 1 },
      completeness: 1,
      largestSource: { name: "ada", share: 0.5 },
      perDay: 5 / 28,
    });
    expect(labelsFrom(ago(60).getTime())).toMatchObject({
      mature: 2,
      largestSource: { name: ctx.actor.name, share: 0.5 },
    });
    const other: Context = await newWorkspace(ctx.db);
    const found = await gatherCircumstances(other, policy, { now, labelsFrom: [dataEnd] });
    expect(found.labelsFrom(dataEnd).mature).toBe(0);
  }),
);
