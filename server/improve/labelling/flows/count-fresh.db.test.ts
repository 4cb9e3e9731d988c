import { randomUUID } from "node:crypto";
import { and, eq, isNull } from "drizzle-orm";
import { expect, test } from "vitest";
import {
  datasets,
  datasetVersions,
  evaluationSets,
  labelConsensus,
  labelGolds,
  labelProjects,
  modelVersions,
  runDatasets,
} from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { hourMs, minuteMs } from "#server/base/durations.ts";
import { newServed } from "#server/testing/fixtures/alerts/rules/testing.ts";
import { addLabelled, agree, classValue, newAnimalProject } from "#server/testing/fixtures/label-flows/testing.ts";
import { newRun } from "#server/testing/fixtures/tracking/testing.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import type { LabelExport } from "./contract.ts";
import { getLabelFlow, getLabelTrigger } from "./queries.ts";

const start = Date.now() - 10 * hourMs;
const at = (minute: number) => new Date(start + minute * minuteMs);
const since = at(60);

const exported = (part: Partial<LabelExport>): LabelExport => ({
  id: randomUUID(),
  dataset: "animal-labels",
  format: "csv",
  forTraining: true,
  audit: null,
  state: "done",
  problem: null,
  requestedBy: "x",
  requestedAt: since.toISOString(),
  rows: 2,
  frozen: 0,
  gold: 0,
  digest: "d1",
  evaluationSetId: null,
  ...part,
});

const setExports = (ctx: Context, projectId: number, exports: LabelExport[]) =>
  ctx.db.update(labelProjects).set({ progress: { exports } }).where(eq(labelProjects.id, projectId));

/** Gives a task another label, which supersedes the one in effect. */
async function change(ctx: Context, projectId: number, taskId: number, label: string, minute: number) {
  await ctx.db
    .update(labelConsensus)
    .set({ supersededAt: at(minute) })
    .where(and(eq(labelConsensus.taskId, taskId), isNull(labelConsensus.supersededAt)));
  await agree(ctx, { projectId, taskId }, label, { settledAt: at(minute) });
}

test(
  "counts new and changed labels once, however often they changed, and none that is what it was",
  inWorkspace(async (ctx) => {
    const { id: projectId } = await newAnimalProject(ctx);
    const fresh = async (from = since) => (await getLabelTrigger(ctx, { projectId, since: from })).fresh;
    const kept = await addLabelled(ctx, projectId, { item: "kept", label: "cat", settledAt: at(10) });
    const moved = await addLabelled(ctx, projectId, { item: "moved", label: "cat", settledAt: at(10) });
    expect(await fresh()).toBe(0);
    expect(await fresh(at(5))).toBe(2);
    // A second opinion that confirms is no news; one that moves there and back is none either.
    await change(ctx, projectId, kept, "cat", 70);
    await change(ctx, projectId, moved, "dog", 71);
    expect(await fresh()).toBe(1);
    await change(ctx, projectId, moved, "fox", 72);
    expect(await fresh()).toBe(1);
    await change(ctx, projectId, moved, "cat", 73);
    expect(await fresh()).toBe(0);
    await addLabelled(ctx, projectId, { item: "new", label: "cat", settledAt: at(80) });
    expect(await fresh()).toBe(1);
    expect(await fresh(at(80))).toBe(0);
    // Open again: it has no label to train on.
    await addLabelled(ctx, projectId, { item: "open", label: "cat", state: "open", settledAt: at(81) });
    expect(await fresh()).toBe(1);
    const other = await newWorkspace(ctx.db);
    await expect(getLabelTrigger(other, { projectId, since })).rejects.toMatchObject({ code: "not-found" });
  }),
);

test(
  "leaves out gold items, and audit items while a set has frozen them",
  inWorkspace(async (ctx) => {
    const { id: projectId } = await newAnimalProject(ctx);
    const { workspaceId } = ctx.actor;
    const fresh = async () => (await getLabelTrigger(ctx, { projectId })).fresh;
    const taskId = await addLabelled(ctx, projectId, { item: "g", label: "fox", selection: "chosen" });
    await ctx.db
      .insert(labelGolds)
      .values({ taskId, workspaceId, projectId, value: classValue("fox"), createdBy: "x" });
    expect(await fresh()).toBe(0);
    await addLabelled(ctx, projectId, { item: "before", label: "cat", createdAt: at(1) });
    await addLabelled(ctx, projectId, { item: "frozen", label: "cat", createdAt: at(20) });
    await addLabelled(ctx, projectId, { item: "chosen", label: "cat", createdAt: at(20), selection: "chosen" });
    expect(await fresh()).toBe(3);
    const setId = await newSet(ctx);
    const audit = { from: at(10).toISOString(), to: at(30).toISOString() };
    await setExports(ctx, projectId, [exported({ audit, evaluationSetId: setId })]);
    expect(await fresh()).toBe(2);
    await ctx.db.update(evaluationSets).set({ retiredAt: new Date() });
    expect(await fresh()).toBe(3);
  }),
);

/** Adds a frozen set. @returns its id */
async function newSet(ctx: Context): Promise<string> {
  const { workspaceId } = ctx.actor;
  const stored = { workspaceId, name: "audit", digest: "d", createdBy: "x" };
  const file = {
    contentHash: "c",
    fileName: "a.csv",
    format: "csv" as const,
    artifactKey: "x",
    sizeBytes: 1,
    sha256: "s",
  };
  const [version] = await ctx.db
    .insert(datasetVersions)
    .values({ ...stored, ...file, rows: 1, columns: [] })
    .returning();
  const [set] = await ctx.db
    .insert(evaluationSets)
    .values({ ...stored, datasetVersionId: version?.id ?? "", definition: {} as never })
    .returning();
  return set?.id ?? "";
}

test(
  "counts from the labels that the version in effect was trained on",
  inWorkspace(async (ctx) => {
    const { versionId } = await newServed(ctx);
    const { workspaceId } = ctx.actor;
    const { id: projectId } = await newAnimalProject(ctx, { endpoint: "churn" });
    await addLabelled(ctx, projectId, { item: "old", label: "cat", settledAt: at(10) });
    await addLabelled(ctx, projectId, { item: "new", label: "cat", settledAt: at(70) });
    const newer = exported({ digest: "d2", requestedAt: at(90).toISOString() });
    await setExports(ctx, projectId, [newer, exported({})]);
    // Exported, and nothing was trained on it yet.
    expect(await getLabelTrigger(ctx, { projectId })).toMatchObject({ fresh: 2, since: null, trained: null });
    expect((await getLabelFlow(ctx, { projectId })).fresh).toBe(0);
    const { runId, experimentId } = await newRun(ctx);
    const dataset = { workspaceId, experimentId, name: "animal-labels", sourceType: "", source: "", createdAt: 1 };
    const use = async (digest: string, context: string) => {
      const [row] = await ctx.db
        .insert(datasets)
        .values({ ...dataset, digest })
        .returning();
      const tags = JSON.stringify([{ key: "mlflow.data.context", value: context }]);
      await ctx.db.insert(runDatasets).values({ workspaceId, runId, datasetId: row?.id ?? "", tags });
    };
    await ctx.db.update(modelVersions).set({ runId }).where(eq(modelVersions.id, versionId));
    await use("d2", "validation");
    expect(await getLabelTrigger(ctx, { projectId })).toMatchObject({ fresh: 2, trained: null });
    await use("d1", "training");
    const trigger = await getLabelTrigger(ctx, { projectId });
    expect(trigger).toMatchObject({ fresh: 1, since, trained: { model: "churn", version: 1 } });
    // Of another endpoint, whose version has learned none of these.
    await newServed(ctx, "other");
    const { id: otherId } = await newAnimalProject(ctx, { name: "others", endpoint: "other" });
    await setExports(ctx, otherId, [exported({})]);
    expect(await getLabelTrigger(ctx, { projectId: otherId })).toMatchObject({ fresh: 0, trained: null });
  }),
);
