import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import {
  datasets,
  datasetVersions,
  featureTrainingSets,
  loggedModels,
  runDatasets,
  runModels,
  runs,
} from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { createRegisteredModel } from "#server/develop/registry/models/create-registered-model.ts";
import { createModelVersion } from "#server/develop/registry/versions/create-model-version.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { addExperiment, addRun } from "../../../testing/fixtures/tracking/tables/testing.ts";
import { getRunRelatives } from "./relatives-query.ts";

async function addModel(ctx: Context, id: string, sourceRunId: string): Promise<void> {
  await ctx.db.insert(loggedModels).values({
    id,
    workspaceId: ctx.actor.workspaceId,
    experimentId: 900,
    name: `name of ${id}`,
    sourceRunId,
    artifactUri: "",
    status: "LOGGED_MODEL_READY",
    createdAt: 1,
    updatedAt: 1,
  });
}

test(
  "returns the parent, the children and the outputs of a run",
  inWorkspace(async (ctx) => {
    const { workspaceId } = ctx.actor;
    await addExperiment(ctx, 900, "parcels");
    const parent = await addRun(ctx, 900, { name: "sweep" });
    const run = await addRun(ctx, 900, { name: "trial" });
    const [older, newer, deleted] = [
      await addRun(ctx, 900, { name: "older", startedAt: 1 }),
      await addRun(ctx, 900, { name: "newer", startedAt: 2 }),
      await addRun(ctx, 900, { name: "gone", deletedAt: 1 }),
    ];
    await ctx.db.update(runs).set({ parentRunId: parent }).where(eq(runs.id, run));
    for (const id of [older, newer, deleted])
      await ctx.db.update(runs).set({ parentRunId: run }).where(eq(runs.id, id));
    await addModel(ctx, "m-1", run);
    await addModel(ctx, "m-2", "");
    await ctx.db.insert(runModels).values({ workspaceId, runId: run, modelId: "m-2", isOutput: true });
    await addModel(ctx, "m-3", "");
    await ctx.db.insert(runModels).values({ workspaceId, runId: run, modelId: "m-3", isOutput: false });
    await createRegisteredModel(ctx, { name: "parcels" });
    await createModelVersion(ctx, { name: "parcels", source: "s3://b/p", runId: run });
    expect(await getRunRelatives(ctx, run)).toMatchObject({
      experimentName: "parcels",
      parent: { id: parent, name: "sweep", experimentId: 900 },
      children: [{ name: "newer" }, { name: "older" }],
      models: [{ id: "m-1" }, { id: "m-2" }],
      versions: [{ modelName: "parcels", version: 1 }],
    });
  }),
);

test(
  "returns the training sets whose versions a run logged as inputs, by name and digest",
  inWorkspace(async (ctx) => {
    const { workspaceId } = ctx.actor;
    await addExperiment(ctx, 900, "parcels");
    const run = await addRun(ctx, 900, { name: "trial" });
    const versionOf = async (name: string, digest: string) => {
      const file = { fileName: "a.parquet", format: "parquet" as const, artifactKey: "k", sizeBytes: 1, sha256: "s" };
      const [version] = await ctx.db
        .insert(datasetVersions)
        .values({ workspaceId, name, digest, ...file, rows: 1, columns: [], contentHash: digest, createdBy: "test" })
        .returning();
      return version?.id ?? "";
    };
    const made = async (name: string, datasetVersionId: string, createdAt: Date) => {
      const [set] = await ctx.db
        .insert(featureTrainingSets)
        .values({ workspaceId, name, request: {}, state: "done", datasetVersionId, createdBy: "test", createdAt })
        .returning();
      return set?.id ?? "";
    };
    const logged = async (name: string, digest: string) => {
      const [dataset] = await ctx.db
        .insert(datasets)
        .values({ workspaceId, experimentId: 900, name, digest, sourceType: "code", source: "{}", createdAt: 1 })
        .returning();
      await ctx.db.insert(runDatasets).values({ workspaceId, runId: run, datasetId: dataset?.id ?? "" });
    };
    const [joined, other] = [await versionOf("trips", "d1"), await versionOf("trips", "d2")];
    await made("trips", joined, new Date(1000));
    const newest = await made("trips", joined, new Date(2000));
    await made("trips", other, new Date(3000));
    await logged("trips", "d1");
    await logged("parcels", "d2");
    expect((await getRunRelatives(ctx, run)).trainingSets).toEqual([{ id: newest, name: "trips", digest: "d1" }]);
  }),
);

test(
  "ignores a parent outside the workspace, and does not find a run of another workspace",
  inWorkspace(async (ctx) => {
    const other = await newWorkspace(ctx.db);
    await addExperiment(other, 900, "theirs");
    const theirs = await addRun(other, 900);
    await addExperiment(ctx, 900, "parcels");
    const run = await addRun(ctx, 900);
    await ctx.db.update(runs).set({ parentRunId: theirs }).where(eq(runs.id, run));
    expect(await getRunRelatives(ctx, run)).toMatchObject({ parent: null, children: [], models: [], versions: [] });
    expect((await getRunRelatives(other, theirs)).children).toEqual([]);
    await expect(getRunRelatives(ctx, theirs)).rejects.toMatchObject({ code: "not-found" });
  }),
);
