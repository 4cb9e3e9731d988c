import { Readable } from "node:stream";
import { deleteAlias } from "#server/develop/registry/aliases/delete-alias.ts";
import { setAlias } from "#server/develop/registry/aliases/set-alias.ts";
import { compareVersions } from "#server/develop/registry/compare/queries.ts";
import { inspectVersion } from "#server/develop/registry/inspection/inspect-version.ts";
import { markInspectionFailed } from "#server/develop/registry/inspection/mark-inspection-failed.ts";
import { requestInspection } from "#server/develop/registry/inspection/request-inspection.ts";
import { createRegisteredModel } from "#server/develop/registry/models/create-registered-model.ts";
import { deleteRegisteredModel } from "#server/develop/registry/models/delete-registered-model.ts";
import { getModel, getModelSummary, listModels } from "#server/develop/registry/models/queries.ts";
import { renameRegisteredModel } from "#server/develop/registry/models/rename-registered-model.ts";
import { setModelOwner } from "#server/develop/registry/models/set-model-owner.ts";
import { updateRegisteredModel } from "#server/develop/registry/models/update-registered-model.ts";
import { getPipeline } from "#server/develop/registry/pipeline/queries.ts";
import { setPipeline } from "#server/develop/registry/pipeline/set-pipeline.ts";
import { searchModelVersions, searchRegisteredModels } from "#server/develop/registry/search/queries.ts";
import type { ModelIntake } from "#server/develop/registry/source/model-intake.ts";
import { deleteModelTag } from "#server/develop/registry/tags/delete-model-tag.ts";
import { deleteVersionTag } from "#server/develop/registry/tags/delete-version-tag.ts";
import { setModelTag } from "#server/develop/registry/tags/set-model-tag.ts";
import { setVersionTag } from "#server/develop/registry/tags/set-version-tag.ts";
import { createModelVersion } from "#server/develop/registry/versions/create-model-version.ts";
import { deleteModelVersion } from "#server/develop/registry/versions/delete-model-version.ts";
import { getVersionDetails, listVersionDetails } from "#server/develop/registry/versions/lineage-queries.ts";
import { openModelFile } from "#server/develop/registry/versions/open-model-file.ts";
import {
  getLatestVersions,
  getVersion,
  getVersionByAlias,
  listVersions,
} from "#server/develop/registry/versions/queries.ts";
import { registerFromRun } from "#server/develop/registry/versions/register-from-run.ts";
import { registerUpload } from "#server/develop/registry/versions/register-upload.ts";
import { transitionStage } from "#server/develop/registry/versions/transition-stage.ts";
import { updateModelVersion } from "#server/develop/registry/versions/update-model-version.ts";
import { listVersionsOfRuns } from "#server/develop/tracking/versions-of-runs.ts";
import { mlpSignature } from "#server/testing/fixtures/serving/testing.ts";
import type { Calls } from "./call.ts";
import type { Fixture } from "./fixture.ts";

const tag = { key: "another", value: "x" };
const keyOf = ({ model, version }: Fixture) => ({ name: model, version });

function intakeOf({ store }: Fixture): ModelIntake {
  const graph = { operators: [], parameterCount: 0 };
  const describeModel = async () => ({ signature: mlpSignature, graph, sizeBytes: 1, sha256: "0".repeat(64) });
  return { artifacts: store, describeModel, maxBytes: 100 };
}

/** Models, versions, aliases, tags. */
export const registryCalls = {
  listModels: (ctx) => listModels(ctx),
  getModel: (ctx, { model }) => getModel(ctx, model),
  getModelSummary: (ctx, { model }) => getModelSummary(ctx, model),
  listVersions: (ctx, { model }) => listVersions(ctx, { name: model }),
  getVersion: (ctx, fixture) => getVersion(ctx, keyOf(fixture)),
  getVersionDetails: (ctx, fixture) => getVersionDetails(ctx, keyOf(fixture)),
  listVersionDetails: (ctx, { model }) => listVersionDetails(ctx, { name: model }),
  listVersionsOfRuns: (ctx, { runId }) => listVersionsOfRuns(ctx, [runId]),
  getVersionByAlias: (ctx, { model }) => getVersionByAlias(ctx, { name: model, alias: "champion" }),
  getLatestVersions: (ctx, { model }) => getLatestVersions(ctx, { name: model, stages: [] }),
  openModelFile: (ctx, fixture) => openModelFile(ctx, keyOf(fixture), fixture.store),
  searchRegisteredModels: (ctx) => searchRegisteredModels(ctx, { limit: 10 }),
  searchModelVersions: (ctx) => searchModelVersions(ctx, { limit: 10 }),
  createRegisteredModel: (ctx) => createRegisteredModel(ctx, { name: "another-model" }),
  renameRegisteredModel: (ctx, { model }) => renameRegisteredModel(ctx, { name: model, newName: "renamed" }),
  updateRegisteredModel: (ctx, { model }) => updateRegisteredModel(ctx, { name: model, description: "x" }),
  deleteRegisteredModel: (ctx, { model }) => deleteRegisteredModel(ctx, { name: model }),
  setModelOwner: (ctx, { model, userId }) => setModelOwner(ctx, { name: model, ownerId: userId }),
  compareVersions: (ctx, { model, version }) => compareVersions(ctx, { name: model, a: version, b: version }),
  setModelTag: (ctx, { model }) => setModelTag(ctx, { name: model, ...tag }),
  deleteModelTag: (ctx, { model }) => deleteModelTag(ctx, { name: model, key: "tag" }),
  setAlias: (ctx, fixture) => setAlias(ctx, { ...keyOf(fixture), alias: "champion" }),
  deleteAlias: (ctx, { model }) => deleteAlias(ctx, { name: model, alias: "champion" }),
  createModelVersion: (ctx, { model }) => createModelVersion(ctx, { name: model, source: "s3://bucket/1" }),
  registerFromRun: (ctx, { runId }) => registerFromRun(ctx, { name: "from-run", runId, path: "model.onnx" }),
  registerUpload: (ctx, fixture) =>
    registerUpload(ctx, { name: "uploaded" }, Readable.from([Buffer.from("x")]), intakeOf(fixture)),
  updateModelVersion: (ctx, fixture) => updateModelVersion(ctx, { ...keyOf(fixture), description: "x" }),
  deleteModelVersion: (ctx, fixture) => deleteModelVersion(ctx, keyOf(fixture)),
  setVersionTag: (ctx, fixture) => setVersionTag(ctx, { ...keyOf(fixture), ...tag }),
  deleteVersionTag: (ctx, fixture) => deleteVersionTag(ctx, { ...keyOf(fixture), key: "tag" }),
  getPipeline: (ctx, fixture) => getPipeline(ctx, keyOf(fixture)),
  setPipeline: (ctx, fixture) => setPipeline(ctx, { ...keyOf(fixture), pipeline: null }),
  transitionStage: (ctx, fixture) => transitionStage(ctx, { ...keyOf(fixture), stage: "Staging" }),
  requestInspection: (ctx, fixture) => requestInspection(ctx, keyOf(fixture)),
  markInspectionFailed: (ctx, { versionId }) => markInspectionFailed(ctx, { versionId, reason: "x" }),
  inspectVersion: (ctx, fixture) => inspectVersion(ctx, fixture.versionId, intakeOf(fixture)),
} as const satisfies Calls;
