import { expect, test } from "vitest";
import { datasetVersions, featureUses, modelVersions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { defineFeatureEntity } from "#server/develop/features/definitions/define-feature-entity.ts";
import { defineFeatureService } from "#server/develop/features/definitions/define-feature-service.ts";
import { defineFeatureView } from "#server/develop/features/definitions/define-feature-view.ts";
import { defineViewSource } from "#server/develop/features/definitions/define-view-source.ts";
import { modelWithVersions, serve } from "#server/testing/fixtures/registry/testing.ts";
import { expectRefusal } from "#server/testing/fixtures/tracking/testing.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { getViewLineage, listLinkedViews } from "./queries.ts";

type Kind = (typeof featureUses.$inferInsert)["userKind"];

async function use(ctx: Context, viewId: string, kind: Kind, userId: string, userName: string, features: string[]) {
  const { workspaceId } = ctx.actor;
  await ctx.db
    .insert(featureUses)
    .values({ workspaceId, viewId, version: 1, userKind: kind, userId, userName, features });
}

async function newDatasetVersion(ctx: Context, name: string, digest: string): Promise<string> {
  const [row] = await ctx.db
    .insert(datasetVersions)
    .values({
      workspaceId: ctx.actor.workspaceId,
      name,
      digest,
      contentHash: digest,
      fileName: "rows.parquet",
      format: "parquet",
      artifactKey: "",
      sizeBytes: 1,
      sha256: "",
      rows: 1,
      columns: [],
      createdBy: "ana",
    })
    .returning();
  return row?.id ?? "";
}

/** A view that is pushed and reads a dataset, and what uses it. */
async function newStory(ctx: Context) {
  await defineFeatureEntity(ctx, { name: "driver", joinKey: "driver_id", type: "int64" });
  const path = "dataset:driver-history@5f0c";
  await defineViewSource(ctx, { name: "history", kind: "file", options: { path } });
  await defineViewSource(ctx, { name: "push", kind: "push", options: { batchSource: "history" } });
  const features = [
    { name: "trips", type: "int64" as const },
    { name: "rate", type: "float64" as const },
  ];
  const entities = ["driver"];
  const { definition } = await defineFeatureView(ctx, { name: "stats", entities, source: "push", features });
  await defineFeatureView(ctx, {
    name: "rides",
    entities,
    features: [{ name: "fare", type: "int64" }],
    expressions: [{ name: "share", type: "int64", at: "look-up", cel: "fare + t", inputs: { t: "stats:trips" } }],
  });
  await defineFeatureService(ctx, { name: "eta", projections: [{ view: "stats", features: ["rate"] }] });
  await defineFeatureService(ctx, { name: "all", projections: [{ view: "stats" }] });
  await modelWithVersions(ctx, "churn", 2);
  const versions = await ctx.db.select().from(modelVersions).orderBy(modelVersions.version);
  const own = versions.filter(({ workspaceId }) => workspaceId === ctx.actor.workspaceId);
  const [first, second] = own as [(typeof own)[number], (typeof own)[number]];
  await use(ctx, definition.id, "model-version", first.id, "churn v1", ["trips"]);
  await use(ctx, definition.id, "model-version", second.id, "churn v2", ["rate", "trips"]);
  const endpointId = await serve(ctx, "churn", 2, "front");
  const datasetVersionId = await newDatasetVersion(ctx, "training", "9c1d");
  await use(ctx, definition.id, "dataset-version", datasetVersionId, "training", ["rate"]);
  return { second, endpointId };
}

test(
  "returns what a view is made from and what uses it",
  inWorkspace(async (ctx) => {
    const { second, endpointId } = await newStory(ctx);
    const lineage = await getViewLineage(ctx, "stats");
    expect(lineage.sources).toEqual([
      { name: "push", kind: "push", dataset: null },
      { name: "history", kind: "file", dataset: { name: "driver-history", digest: "5f0c" } },
    ]);
    expect(lineage.readers).toEqual([{ name: "rides", features: ["trips"] }]);
    expect(lineage.services).toEqual([
      { name: "all", features: ["rate", "trips"] },
      { name: "eta", features: ["rate"] },
    ]);
    expect(lineage.versions.map(({ model, version, features }) => [model, version, features])).toEqual([
      ["churn", 2, ["rate", "trips"]],
      ["churn", 1, ["trips"]],
    ]);
    expect(lineage.versions[0]).toMatchObject({ id: second.id, viewVersion: 1 });
    expect(lineage.endpoints).toEqual([{ id: endpointId, name: "front", features: ["rate", "trips"] }]);
    expect(lineage.trainingSets).toMatchObject([{ dataset: "training", digest: "9c1d", features: ["rate"] }]);
    expect((await getViewLineage(ctx, "rides")).inputs).toEqual(["stats"]);
    await expectRefusal(getViewLineage(ctx, "none"), "not-found", "Feature view");
  }),
);

test(
  "lists the views of a dataset, a version and an endpoint",
  inWorkspace(async (ctx) => {
    const { second, endpointId } = await newStory(ctx);
    const linked = (kind: "dataset" | "model-version" | "endpoint", id: string) => listLinkedViews(ctx, { kind, id });
    const stats = { view: "stats", isFrom: false };
    expect(await linked("dataset", "driver-history")).toEqual([
      { view: "stats", isFrom: true, features: [], through: null },
    ]);
    expect(await linked("dataset", "training")).toEqual([{ ...stats, features: ["rate"], through: "9c1d" }]);
    expect(await linked("model-version", second.id)).toEqual([
      { ...stats, features: ["rate", "trips"], through: null },
    ]);
    // Version 1 is not deployed.
    expect(await linked("endpoint", endpointId)).toEqual([
      { ...stats, features: ["rate", "trips"], through: "churn v2" },
    ]);
    const other = await newWorkspace(ctx.db);
    expect(await listLinkedViews(other, { kind: "endpoint", id: endpointId })).toEqual([]);
    expect(await listLinkedViews(other, { kind: "dataset", id: "training" })).toEqual([]);
  }),
);
