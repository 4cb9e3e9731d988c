import { featureConnections } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { defineFeatureEntity } from "#server/develop/features/definitions/define-feature-entity.ts";
import { defineFeatureService } from "#server/develop/features/definitions/define-feature-service.ts";
import { defineFeatureView } from "#server/develop/features/definitions/define-feature-view.ts";
import { defineViewSource } from "#server/develop/features/definitions/define-view-source.ts";
import { setRegistryObject } from "#server/develop/features/definitions/registry-objects.ts";
import { startMaterialisation } from "#server/develop/features/materialisations/start-materialisation.ts";
import { createTrainingSet } from "#server/develop/features/training-sets/create-training-set.ts";
import { writeFeatures } from "#server/develop/features/writes/write-features.ts";

/** Creates an entity, a source, a view with a row, a service of it, a training set, a view that is materialised, and an object that is only stored. */
export async function featurise(ctx: Context, rows: { dataset: string; digest: string }, secret: string) {
  const [featureEntity, featureSource, featureView, featureService] = ["driver", "a-source", "a-view", "a-service"];
  await defineFeatureEntity(ctx, { name: featureEntity, joinKey: "driver_id", type: "int64", description: secret });
  await defineViewSource(ctx, { name: featureSource, kind: "push", description: secret });
  await defineFeatureView(ctx, {
    name: featureView,
    description: secret,
    entities: [featureEntity],
    source: featureSource,
    features: [{ name: "note", type: "string" }],
  });
  await defineFeatureService(ctx, { name: featureService, description: secret, projections: [{ view: featureView }] });
  await writeFeatures(ctx, {
    view: featureView,
    columns: { driver_id: [1], note: [secret], event_timestamp: ["2026-03-01T12:00:00Z"] },
  });
  await setRegistryObject(ctx, { kind: "Project", name: secret, message: Buffer.from(secret) });
  const { id: trainingSetId } = await createTrainingSet(ctx, {
    name: secret,
    note: secret,
    rows,
    service: featureService,
  });
  const featureConnection = "a-connection";
  const { workspaceId } = ctx.actor;
  await ctx.db
    .insert(featureConnections)
    .values({ workspaceId, name: featureConnection, description: secret, address: secret, createdBy: secret });
  const readView = "a-read-view";
  await defineViewSource(ctx, { name: "a-file", kind: "file", options: { path: `dataset:${rows.dataset}` } });
  await defineFeatureView(ctx, {
    name: readView,
    description: secret,
    entities: [featureEntity],
    source: "a-file",
    features: [{ name: "note", type: "string" }],
  });
  const { id: materialisationId } = await startMaterialisation(ctx, { view: readView });
  return {
    featureEntity,
    featureSource,
    featureView,
    featureService,
    trainingSetId,
    readView,
    materialisationId,
    featureConnection,
  };
}
