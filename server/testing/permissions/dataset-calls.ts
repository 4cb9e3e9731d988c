import { Readable } from "node:stream";
import { findLeakage } from "#server/develop/datasets/leakage/find-leakage.ts";
import { markLeakageCheckFailed } from "#server/develop/datasets/leakage/mark-leakage-check-failed.ts";
import { getLeakageCheck, listLeakageChecks } from "#server/develop/datasets/leakage/queries.ts";
import { requestLeakageCheck } from "#server/develop/datasets/leakage/request-leakage-check.ts";
import { markUploadFailed } from "#server/develop/datasets/mark-upload-failed.ts";
import {
  getDataset,
  getDatasetUpload,
  listDatasets,
  listReadVersions,
  openDatasetFile,
} from "#server/develop/datasets/queries.ts";
import { readDataset } from "#server/develop/datasets/read-dataset.ts";
import { retryUpload } from "#server/develop/datasets/retry-upload.ts";
import { checkDataset } from "#server/develop/datasets/rules/check-dataset.ts";
import { listContractRevisions, proposeContract } from "#server/develop/datasets/rules/queries.ts";
import { requestDatasetCheck } from "#server/develop/datasets/rules/request-dataset-check.ts";
import { setContract } from "#server/develop/datasets/rules/set-contract.ts";
import { uploadDataset } from "#server/develop/datasets/upload-dataset.ts";
import { getDatasetVersion } from "#server/develop/datasets/version-queries.ts";
import type { Calls } from "./call.ts";
import type { Fixture } from "./fixture.ts";

const keyOf = ({ dataset, digest }: Fixture) => ({ name: dataset, digest });
const rules = { columns: [{ column: "text", nullable: false }] };
const sideOf = (fixture: Fixture, value: string) => ({ ...keyOf(fixture), where: { column: "split", value } });

/** Datasets, their versions, contracts and checks. */
export const datasetCalls = {
  listDatasets: (ctx) => listDatasets(ctx),
  getDataset: (ctx, { dataset }) => getDataset(ctx, dataset),
  getDatasetVersion: (ctx, fixture) => getDatasetVersion(ctx, keyOf(fixture)),
  listReadVersions: (ctx) => listReadVersions(ctx),
  getDatasetUpload: (ctx, { dataset, datasetUploadId }) =>
    getDatasetUpload(ctx, { name: dataset, id: datasetUploadId }),
  openDatasetFile: (ctx, fixture) => openDatasetFile(ctx, keyOf(fixture), fixture.store),
  proposeContract: (ctx, fixture) => proposeContract(ctx, keyOf(fixture)),
  listContractRevisions: (ctx, { dataset }) => listContractRevisions(ctx, dataset),
  listLeakageChecks: (ctx, { dataset }) => listLeakageChecks(ctx, dataset),
  getLeakageCheck: (ctx, { dataset, leakageCheckId }) => getLeakageCheck(ctx, { name: dataset, id: leakageCheckId }),
  uploadDataset: (ctx, { dataset, store }) =>
    uploadDataset(ctx, { name: dataset, fileName: "b.csv" }, Readable.from([Buffer.from("a\n1\n")]), {
      artifacts: store,
      maxBytes: 100,
    }),
  readDataset: (ctx, { waitingUploadId, store }) => readDataset(ctx, waitingUploadId, store),
  markUploadFailed: (ctx, { waitingUploadId: uploadId }) => markUploadFailed(ctx, { uploadId, reason: "x" }),
  retryUpload: (ctx, { dataset, givenUpUploadId }) => retryUpload(ctx, { name: dataset, id: givenUpUploadId }),
  setContract: (ctx, { dataset }) => setContract(ctx, { name: dataset, rules, reason: "x" }),
  requestDatasetCheck: (ctx, fixture) => requestDatasetCheck(ctx, keyOf(fixture)),
  checkDataset: (ctx, { datasetVersionId, contractId, store }) =>
    checkDataset(ctx, { versionId: datasetVersionId, contractId }, store),
  requestLeakageCheck: (ctx, fixture) =>
    requestLeakageCheck(ctx, {
      name: fixture.dataset,
      question: { left: sideOf(fixture, "train"), right: sideOf(fixture, "test") },
    }),
  findLeakage: (ctx, { leakageCheckId, store }) => findLeakage(ctx, leakageCheckId, store),
  markLeakageCheckFailed: (ctx, { leakageCheckId: checkId }) => markLeakageCheckFailed(ctx, { checkId, reason: "x" }),
} as const satisfies Calls;
