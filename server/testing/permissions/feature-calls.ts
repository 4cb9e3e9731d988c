import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { systemContext } from "#server/base/context.ts";
import { listNewestArrivals, listViewFreshness } from "#server/develop/features/arrivals/queries.ts";
import { defineFeatureEntity } from "#server/develop/features/definitions/define-feature-entity.ts";
import { defineFeatureService } from "#server/develop/features/definitions/define-feature-service.ts";
import { defineFeatureView } from "#server/develop/features/definitions/define-feature-view.ts";
import { defineViewSource } from "#server/develop/features/definitions/define-view-source.ts";
import { getFeatureDefinitions } from "#server/develop/features/definitions/definitions.ts";
import { deleteFeatureEntity } from "#server/develop/features/definitions/delete-feature-entity.ts";
import { deleteFeatureService } from "#server/develop/features/definitions/delete-feature-service.ts";
import { deleteFeatureView } from "#server/develop/features/definitions/delete-feature-view.ts";
import { deleteViewSource } from "#server/develop/features/definitions/delete-view-source.ts";
import { noteMaterialised } from "#server/develop/features/definitions/note-materialised.ts";
import { previewFeatureView } from "#server/develop/features/definitions/preview-feature-view.ts";
import {
  getFeatureEntity,
  getFeatureService,
  getFeatureView,
  getViewSource,
  listFeastMessages,
  listFeatureEntities,
  listFeatureServices,
  listFeatureViews,
  listFeatureViewVersions,
  listViewSources,
} from "#server/develop/features/definitions/queries.ts";
import {
  deleteRegistryObject,
  listRegistryObjects,
  setRegistryObject,
} from "#server/develop/features/definitions/registry-objects.ts";
import { listServiceUsers } from "#server/develop/features/definitions/service-users-queries.ts";
import { checkFeatureExpression } from "#server/develop/features/expressions/check-feature-expression.ts";
import { packFeatures } from "#server/develop/features/history/pack-features.ts";
import { getKeyRows } from "#server/develop/features/keys/get-key-rows.ts";
import { lookUpFeatures } from "#server/develop/features/look-up/look-up-features.ts";
import { cancelMaterialisation } from "#server/develop/features/materialisations/cancel-materialisation.ts";
import { materialiseView } from "#server/develop/features/materialisations/materialise-view.ts";
import {
  getMaterialisation,
  listFeatureRejects,
  listMaterialisations,
} from "#server/develop/features/materialisations/queries.ts";
import { resumeMaterialisations } from "#server/develop/features/materialisations/resume-materialisations.ts";
import { startDueMaterialisations } from "#server/develop/features/materialisations/start-due-materialisations.ts";
import { startMaterialisation } from "#server/develop/features/materialisations/start-materialisation.ts";
import { listKeyRemovals } from "#server/develop/features/removal/queries.ts";
import { removeFeatureKey } from "#server/develop/features/removal/remove-feature-key.ts";
import { resumeKeyRemovals, runKeyRemoval } from "#server/develop/features/removal/run-key-removal.ts";
import { defineFeatureConnection } from "#server/develop/features/sources/connections/define-feature-connection.ts";
import { deleteFeatureConnection } from "#server/develop/features/sources/connections/delete-feature-connection.ts";
import { listFeatureConnections } from "#server/develop/features/sources/connections/queries.ts";
import { testFeatureConnection } from "#server/develop/features/sources/connections/test-feature-connection.ts";
import { pullSource } from "#server/develop/features/sources/pull-source.ts";
import { acknowledgeLeaks } from "#server/develop/features/training-sets/acknowledge-leaks.ts";
import { cancelTrainingSet } from "#server/develop/features/training-sets/cancel-training-set.ts";
import { checkTrainingSet } from "#server/develop/features/training-sets/check-training-set.ts";
import { createTrainingSet } from "#server/develop/features/training-sets/create-training-set.ts";
import { joinFeatures } from "#server/develop/features/training-sets/join-features.ts";
import { makeTrainingSet } from "#server/develop/features/training-sets/make-training-set.ts";
import { previewTrainingSet } from "#server/develop/features/training-sets/preview-training-set.ts";
import { getTrainingSet, listTrainingSets } from "#server/develop/features/training-sets/queries.ts";
import { refreshTrainingSet } from "#server/develop/features/training-sets/refresh-training-set.ts";
import { resumeTrainingSets } from "#server/develop/features/training-sets/resume-training-sets.ts";
import { findFeatureUses } from "#server/develop/features/uses/find-feature-uses.ts";
import { writeFeatures } from "#server/develop/features/writes/write-features.ts";
import { getViewLineage, listLinkedViews } from "#server/develop/lineage/queries.ts";
import { notifyAfterChange } from "#server/respond/paging/notify-after-change.ts";
import { readLabelledPredictions } from "#server/serve/predictions/labelled-predictions.ts";
import { measureViewDrift } from "#server/watch/features/drift/measure-view-drift.ts";
import { getViewDrift } from "#server/watch/features/drift/queries.ts";
import { listViewFindings } from "#server/watch/features/findings/queries.ts";
import { settleViewFindings } from "#server/watch/features/findings/settle-view-findings.ts";
import { proposeViewLimit } from "#server/watch/features/propose-view-limit.ts";
import { getViewWatch, listViewWatch } from "#server/watch/features/queries.ts";
import { compareServedFeatures } from "#server/watch/features/skew/compare-served-features.ts";
import { getViewSkew, listViewSkew } from "#server/watch/features/skew/queries.ts";
import type { Calls } from "./call.ts";

const features = [{ name: "trips", type: "int64" as const }];
const force = "x";
const network = { allowsPrivate: false };
const scratch = join(tmpdir(), "leeway-scene-features");

/** The feature store. */
export const featureCalls = {
  listFeatureEntities: (ctx) => listFeatureEntities(ctx),
  getFeatureEntity: (ctx, { featureEntity }) => getFeatureEntity(ctx, featureEntity),
  listViewSources: (ctx) => listViewSources(ctx),
  getViewSource: (ctx, { featureSource }) => getViewSource(ctx, featureSource),
  listFeatureServices: (ctx) => listFeatureServices(ctx),
  getFeatureService: (ctx, { featureService }) => getFeatureService(ctx, featureService),
  listFeatureViews: (ctx) => listFeatureViews(ctx),
  getFeatureView: (ctx, { featureView }) => getFeatureView(ctx, featureView),
  listFeatureViewVersions: (ctx, { featureView }) => listFeatureViewVersions(ctx, featureView),
  getFeatureDefinitions: (ctx) => getFeatureDefinitions(ctx),
  listFeastMessages: (ctx) => listFeastMessages(ctx, "view"),
  listRegistryObjects: (ctx) => listRegistryObjects(ctx, "Project"),
  listServiceUsers: (ctx) => listServiceUsers(ctx),
  listViewFreshness: (ctx) => listViewFreshness(ctx),
  listNewestArrivals: (ctx, { featureView }) => listNewestArrivals(ctx, featureView),
  getViewSkew: (ctx, { featureView: view }) => getViewSkew(ctx, { view }),
  listViewSkew: (ctx) => listViewSkew(ctx),
  getViewDrift: (ctx, { featureView: view }) => getViewDrift(ctx, { view }),
  getViewWatch: (ctx, { featureView }) => getViewWatch(ctx, { view: featureView }),
  listViewFindings: (ctx, { featureView }) => listViewFindings(ctx, { view: featureView }),
  settleViewFindings: (ctx) =>
    settleViewFindings(
      ctx,
      { viewId: crypto.randomUUID(), kinds: [], findings: [], now: Date.now() },
      notifyAfterChange,
    ),
  proposeViewLimit: async (ctx, { featureView: view }) => {
    const { viewId } = await getViewWatch(systemContext(ctx.db, ctx.actor.workspaceId, "scene"), { view });
    await proposeViewLimit(ctx, { viewId });
  },
  listViewWatch: (ctx) => listViewWatch(ctx),
  checkFeatureExpression: async (ctx) => checkFeatureExpression(ctx, { cel: "1", columns: {} }),
  previewFeatureView: (ctx, { featureEntity }) =>
    previewFeatureView(ctx, { name: "another", entities: [featureEntity], features }),
  getViewLineage: (ctx, { featureView }) => getViewLineage(ctx, featureView),
  listLinkedViews: (ctx, { dataset }) => listLinkedViews(ctx, { kind: "dataset", id: dataset }),
  getKeyRows: (ctx, { featureView: view, store: artifacts }) =>
    getKeyRows(ctx, { view, keys: { driver_id: 1 } }, { artifacts, scratch }),
  lookUpFeatures: (ctx, { featureService }) =>
    lookUpFeatures(ctx, { service: featureService, entities: { driver_id: [1] } }),
  writeFeatures: (ctx, { featureView }) =>
    writeFeatures(ctx, {
      view: featureView,
      columns: { driver_id: [1], note: ["x"], event_timestamp: ["2026-03-01T12:00:00Z"] },
    }),
  defineFeatureEntity: (ctx) => defineFeatureEntity(ctx, { name: "rider", joinKey: "rider_id", type: "string" }),
  deleteFeatureEntity: (ctx, { featureEntity: name }) => deleteFeatureEntity(ctx, { name, force }),
  defineViewSource: (ctx) => defineViewSource(ctx, { name: "a-push", kind: "push" }),
  deleteViewSource: (ctx, { featureSource: name }) => deleteViewSource(ctx, { name, force }),
  defineFeatureService: (ctx, { featureView: view }) =>
    defineFeatureService(ctx, { name: "another", projections: [{ view }] }),
  deleteFeatureService: (ctx, { featureService: name }) => deleteFeatureService(ctx, { name }),
  defineFeatureView: (ctx, { featureEntity }) =>
    defineFeatureView(ctx, { name: "another", entities: [featureEntity], features }),
  deleteFeatureView: (ctx, { featureView: name }) => deleteFeatureView(ctx, { name, force }),
  noteMaterialised: (ctx, { featureView: name }) => noteMaterialised(ctx, { name, until: 1 }),
  setRegistryObject: (ctx) => setRegistryObject(ctx, { kind: "Project", name: "a", message: Buffer.from([1]) }),
  deleteRegistryObject: (ctx) => deleteRegistryObject(ctx, { kind: "Project", name: "a" }),
  listTrainingSets: (ctx) => listTrainingSets(ctx),
  getTrainingSet: (ctx, { trainingSetId }) => getTrainingSet(ctx, trainingSetId),
  createTrainingSet: (ctx, { dataset, featureService: service }) =>
    // It fails at the rows once it is permitted, before it requires the scope to read features in addition.
    createTrainingSet(ctx, { name: "a-training-set", rows: { dataset, digest: "absent" }, service }),
  refreshTrainingSet: (ctx, { trainingSetId: id }) =>
    // It fails at the rows once it is permitted, before it requires the scope to read features in addition.
    refreshTrainingSet(ctx, { id, rows: { dataset: "absent", digest: "absent" } }),
  acknowledgeLeaks: (ctx, { trainingSetId: id }) =>
    acknowledgeLeaks(ctx, { id, leaks: [{ kind: "in-two-splits", reason: "a reason" }] }),
  checkTrainingSet: (ctx, { dataset, featureService: service, store: artifacts }) =>
    checkTrainingSet(
      ctx,
      { rows: { dataset, digest: "absent" }, service },
      { artifacts, scratch, predictions: readLabelledPredictions },
    ),
  previewTrainingSet: (ctx, { dataset, featureService: service, store: artifacts }) =>
    previewTrainingSet(
      ctx,
      { rows: { dataset, digest: "absent" }, service },
      { artifacts, scratch, predictions: readLabelledPredictions },
    ),
  cancelTrainingSet: (ctx, { trainingSetId }) => cancelTrainingSet(ctx, trainingSetId),
  makeTrainingSet: (ctx, { trainingSetId, store: artifacts }) =>
    makeTrainingSet(ctx, trainingSetId, { artifacts, scratch, maxBytes: 1000, predictions: readLabelledPredictions }),
  findFeatureUses: (ctx) => findFeatureUses(ctx, { runId: "absent" }),
  resumeTrainingSets: (ctx) => resumeTrainingSets(ctx),
  pullSource: async (ctx, { featureSource: source, store: artifacts }) => {
    const range = { from: 0, to: 1 };
    const pull = { source, joinKeys: ["driver_id"], features: ["none"], range, isLatest: true };
    // It fails at the push source, from which nothing is read, once it is permitted.
    await pullSource(ctx, pull, { artifacts, scratch, network }).next();
  },
  listFeatureConnections: (ctx) => listFeatureConnections(ctx),
  // Each ends before it connects, once it is permitted.
  defineFeatureConnection: (ctx) => defineFeatureConnection(ctx, { name: "none" }, network),
  testFeatureConnection: (ctx, { featureConnection }) => testFeatureConnection(ctx, featureConnection, network),
  deleteFeatureConnection: (ctx, { featureConnection }) => deleteFeatureConnection(ctx, { name: featureConnection }),
  listMaterialisations: (ctx) => listMaterialisations(ctx),
  getMaterialisation: (ctx, { materialisationId }) => getMaterialisation(ctx, materialisationId),
  listFeatureRejects: (ctx) => listFeatureRejects(ctx),
  // It fails at the push source, from which nothing is read, once it is permitted, before it requires the scope of what is read.
  startMaterialisation: (ctx, { featureView: view }) => startMaterialisation(ctx, { view }),
  cancelMaterialisation: (ctx, { materialisationId }) => cancelMaterialisation(ctx, materialisationId),
  materialiseView: (ctx, { materialisationId, store: artifacts }) =>
    materialiseView(ctx, materialisationId, { artifacts, scratch, network }),
  resumeMaterialisations: (ctx) => resumeMaterialisations(ctx),
  startDueMaterialisations: (ctx) => startDueMaterialisations(ctx),
  removeFeatureKey: (ctx, { featureView: view }) => removeFeatureKey(ctx, { view, key: { driver_id: 1 }, reason: "x" }),
  listKeyRemovals: (ctx, { featureView }) => listKeyRemovals(ctx, featureView),
  runKeyRemoval: (ctx, { store: artifacts }) => runKeyRemoval(ctx, randomUUID(), { artifacts, scratch }),
  resumeKeyRemovals: (ctx) => resumeKeyRemovals(ctx),
  measureViewDrift: (ctx, { store: artifacts }) => measureViewDrift(ctx, { artifacts, scratch }),
  compareServedFeatures: (ctx, { store: artifacts }) =>
    compareServedFeatures(ctx, { artifacts, scratch }, notifyAfterChange),
  packFeatures: (ctx, { store: artifacts }) => packFeatures(ctx, { artifacts, scratch }),
  joinFeatures: async (ctx, { featureView: view, store: artifacts }) => {
    const selections = [{ view, version: null, alias: null, joinKeys: {}, features: [] }];
    const request = { rows: Readable.from([]), selections, fullNames: false };
    // It fails at the rows, which are no Arrow stream, once it is permitted.
    await joinFeatures(ctx, request, { artifacts, scratch });
  },
} as const satisfies Calls;
