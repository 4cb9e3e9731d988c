import { expect, test } from "vitest";
import { datasets, experiments, runDatasets, runs } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { lastAudit, loggedModel, modelWithVersions, serve } from "../../../testing/fixtures/registry/testing.ts";
import { listVersionsOfRuns } from "../../tracking/versions-of-runs.ts";
import { deleteAlias } from "../aliases/delete-alias.ts";
import { setAlias } from "../aliases/set-alias.ts";
import { createRegisteredModel } from "../models/create-registered-model.ts";
import { getModelSummary } from "../models/queries.ts";
import { createModelVersion } from "./create-model-version.ts";
import { getVersionDetails, listVersionDetails } from "./lineage-queries.ts";

/** Creates a run of experiment 8 that logged one dataset for training. */
async function runWithDataset(ctx: Context, id: string): Promise<void> {
  const { workspaceId } = ctx.actor;
  await ctx.db
    .insert(experiments)
    .values({ workspaceId, id: 8, name: "parcels", artifactLocation: "", createdAt: 1, updatedAt: 1 })
    .onConflictDoNothing();
  const times = { startedAt: 1, updatedAt: 1 };
  await ctx.db.insert(runs).values({
    ...times,
    workspaceId,
    id,
    experimentId: 8,
    name: `name of ${id}`,
    userName: "",
    status: "FINISHED",
    artifactUri: "",
  });
  const [dataset] = await ctx.db
    .insert(datasets)
    .values({ workspaceId, experimentId: 8, name: "photos", digest: id, sourceType: "", source: "", createdAt: 1 })
    .returning();
  if (!dataset) throw new Error("The dataset was not made.");
  const tags = JSON.stringify([{ key: "mlflow.data.context", value: "training" }]);
  await ctx.db.insert(runDatasets).values({ workspaceId, runId: id, datasetId: dataset.id, tags });
}

const nothing = { run: null, loggedModel: null, datasets: [], models: [], endpoints: [] };

test(
  "returns run, datasets, logged model and endpoints of each version on a page",
  inWorkspace(async (ctx) => {
    await runWithDataset(ctx, "run-1");
    await loggedModel(ctx, "m-1", "run-1");
    await createRegisteredModel(ctx, { name: "a" });
    await createModelVersion(ctx, { name: "a", source: "models:/m-1" });
    await createModelVersion(ctx, { name: "a", source: "s3://b/2", runId: "gone" });
    await createModelVersion(ctx, { name: "a", source: "s3://b/3" });
    const endpointId = await serve(ctx, "a", 2, "front");
    const page = await listVersionDetails(ctx, { name: "a" });
    expect(page.map(({ version, lineage }) => [version, lineage])).toEqual([
      [3, nothing],
      [2, { ...nothing, endpoints: [{ id: endpointId, name: "front" }] }],
      [
        1,
        {
          run: { id: "run-1", name: "name of run-1", experimentId: 8, experimentName: "parcels" },
          loggedModel: { id: "m-1", name: "model" },
          datasets: [{ name: "photos", digest: "run-1", context: "training" }],
          models: [],
          endpoints: [],
        },
      ],
    ]);
    expect(await getVersionDetails(ctx, { name: "a", version: 1 })).toEqual(page[2]);
    expect(await listVersionDetails(ctx, { name: "a", before: 3, limit: 1 })).toEqual([page[1]]);
    expect(await getModelSummary(ctx, "a")).toMatchObject({
      versionCount: 3,
      latestVersion: { version: 3 },
      endpoints: [{ id: endpointId, name: "front", version: 2 }],
    });
  }),
);

test(
  "ignores a run id of another workspace",
  inWorkspace(async (ctx) => {
    const other = await newWorkspace(ctx.db);
    await runWithDataset(other, "theirs");
    await createRegisteredModel(ctx, { name: "a" });
    await createModelVersion(ctx, { name: "a", source: "s3://b/1", runId: "theirs" });
    expect(await getVersionDetails(ctx, { name: "a", version: 1 })).toMatchObject({
      runId: "theirs",
      lineage: nothing,
    });
    expect(await listVersionsOfRuns(other, ["theirs"])).toEqual([]);
  }),
);

test(
  "finds the versions created from runs",
  inWorkspace(async (ctx) => {
    await createRegisteredModel(ctx, { name: "a" });
    for (const runId of ["r1", "r2", "r1"]) await createModelVersion(ctx, { name: "a", source: "s3://b/p", runId });
    const found = await listVersionsOfRuns(ctx, ["r1", "r3"]);
    expect(found.map(({ runId, modelName, version }) => [runId, modelName, version])).toEqual([
      ["r1", "a", 3],
      ["r1", "a", 1],
    ]);
    expect(await listVersionsOfRuns(ctx, [])).toEqual([]);
  }),
);

test(
  "records the reason for moving or removing an alias in the audit log",
  inWorkspace(async (ctx) => {
    await modelWithVersions(ctx, "a", 1);
    await setAlias(ctx, { name: "a", version: 1, alias: "champion", reason: " better on depots " });
    expect(await lastAudit(ctx)).toMatchObject({ action: "alias.set", reason: "better on depots" });
    await deleteAlias(ctx, { name: "a", alias: "champion", reason: "too slow" });
    expect(await lastAudit(ctx)).toMatchObject({ action: "alias.deleted", reason: "too slow" });
  }),
);
