import type { FastifyInstance } from "fastify";
import { z } from "zod";
import * as contract from "#server/develop/datasets/contract.ts";
import { LeakageCheck, LeakageQuestion } from "#server/develop/datasets/leakage/contract.ts";
import { getLeakageCheck, listLeakageChecks } from "#server/develop/datasets/leakage/queries.ts";
import { requestLeakageCheck } from "#server/develop/datasets/leakage/request-leakage-check.ts";
import {
  getDataset,
  getDatasetUpload,
  listDatasets,
  listReadVersions,
  openDatasetFile,
} from "#server/develop/datasets/queries.ts";
import { retryUpload } from "#server/develop/datasets/retry-upload.ts";
import { ContractRules, DatasetContract, SetContract } from "#server/develop/datasets/rules/contract.ts";
import { listContractRevisions, proposeContract } from "#server/develop/datasets/rules/queries.ts";
import { requestDatasetCheck } from "#server/develop/datasets/rules/request-dataset-check.ts";
import { setContract } from "#server/develop/datasets/rules/set-contract.ts";
import { uploadDataset } from "#server/develop/datasets/upload-dataset.ts";
import { getDatasetVersion } from "#server/develop/datasets/version-queries.ts";
import type { WebDependencies } from "#server/http/server.ts";
import { route } from "./route.ts";

const DatasetPath = z.object({ dataset: z.string() });
const VersionPath = DatasetPath.extend({ digest: z.string() });
const keyOf = ({ dataset, digest }: z.infer<typeof VersionPath>) => ({ name: dataset, digest });

/** Datasets, their uploads, versions, contracts and checks. */
export function datasets(app: FastifyInstance, deps: WebDependencies): void {
  collection(app);
  uploads(app, deps);
  versions(app, deps);
  contracts(app);
  leakage(app);
}

function collection(app: FastifyInstance): void {
  const query = z.object({
    search: z.string().optional().describe("Name contains (case-insensitive)."),
    after: z.string().optional().describe("Name to continue after: `next` of the previous page."),
    limit: z.coerce.number().int().min(1).max(500).default(100),
  });
  const page = z.object({ datasets: z.array(contract.DatasetSummary), next: z.string().optional() });
  const list = { summary: "List datasets by name", query, response: page };
  route(app, { method: "GET", path: "/datasets", ...list }, async ({ ctx, query }) => {
    const datasets = await listDatasets(ctx, query);
    return { datasets, next: datasets.length === query.limit ? datasets.at(-1)?.name : undefined };
  });
  const read = { summary: "List dataset versions with uploaded rows, newest first" };
  const versions = z.object({ versions: z.array(contract.ReadVersion) });
  route(app, { method: "GET", path: "/dataset-versions", ...read, response: versions }, async ({ ctx }) => ({
    versions: await listReadVersions(ctx),
  }));
  const show = { summary: "Get a dataset with its versions and contract", response: contract.Dataset };
  route(app, { method: "GET", path: "/datasets/:dataset", params: DatasetPath, ...show }, ({ ctx, params }) =>
    getDataset(ctx, params.dataset),
  );
}

function uploads(app: FastifyInstance, { artifacts, config }: WebDependencies): void {
  const path = "/datasets/:dataset/uploads";
  const upload = {
    summary: "Upload a CSV, Parquet or Arrow file; a job reads it and creates a version",
    params: DatasetPath,
    query: z.object({
      fileName: z
        .string()
        .describe("The file extension determines the format: .csv, .tsv, .txt, .parquet, .arrow or .feather."),
      note: z.string().optional(),
    }),
    body: "stream" as const,
    response: contract.DatasetUpload,
    status: 202 as const,
  };
  route(app, { method: "POST", path, ...upload }, ({ ctx, params, query, stream }) =>
    uploadDataset(ctx, { name: params.dataset, ...query }, stream, { artifacts, maxBytes: config.maxUploadBytes }),
  );
  const show = {
    summary: "Get the progress and result of an upload",
    params: DatasetPath.extend({ upload: z.uuid() }),
    response: contract.DatasetUpload,
  };
  route(app, { method: "GET", path: `${path}/:upload`, ...show }, ({ ctx, params }) =>
    getDatasetUpload(ctx, { name: params.dataset, id: params.upload }),
  );
  const again = { ...show, summary: "Retry a failed upload", status: 202 as const };
  route(app, { method: "POST", path: `${path}/:upload/retries`, ...again }, ({ ctx, params }) =>
    retryUpload(ctx, { name: params.dataset, id: params.upload }),
  );
}

function versions(app: FastifyInstance, { artifacts }: WebDependencies): void {
  const path = "/datasets/:dataset/versions/:digest";
  const show = {
    summary: "Get a dataset version with its profile, checks and usage",
    params: VersionPath,
    response: contract.DatasetVersion,
  };
  route(app, { method: "GET", path, ...show }, ({ ctx, params }) => getDatasetVersion(ctx, keyOf(params)));
  const check = { summary: "Check a dataset version against the current contract", params: VersionPath };
  route(app, { method: "POST", path: `${path}/checks`, ...check, status: 202 }, ({ ctx, params }) =>
    requestDatasetCheck(ctx, keyOf(params)),
  );
  const file = `${path}/file`;
  const summary = "Download the file of a dataset version";
  app.operations.push({ method: "GET", path: file, summary, params: VersionPath, status: 200 });
  app.get(file, async (request, reply) => {
    if (!request.caller) throw new Error("A REST route was registered outside v1Plugin.");
    const key = keyOf(VersionPath.parse(request.params));
    const { body, fileName, sizeBytes, sha256 } = await openDatasetFile(request.caller, key, artifacts);
    return reply
      .type("application/octet-stream")
      .header("content-length", sizeBytes)
      .header("content-disposition", `attachment; filename*=UTF-8''${encodeURIComponent(fileName)}`)
      .header("etag", `"${sha256}"`)
      .send(body);
  });
}

function contracts(app: FastifyInstance): void {
  const path = "/datasets/:dataset/contract";
  const one = { params: DatasetPath };
  const set = {
    summary: "Create a contract revision",
    body: SetContract.pick({ rules: true, reason: true }),
    response: DatasetContract,
  };
  route(app, { method: "PUT", path, ...one, ...set }, ({ ctx, params, body }) =>
    setContract(ctx, { name: params.dataset, ...body }),
  );
  const revisions = z.object({ revisions: z.array(DatasetContract) });
  const list = { summary: "List contract revisions, current first", response: revisions };
  route(app, { method: "GET", path: `${path}/revisions`, ...one, ...list }, async ({ ctx, params }) => ({
    revisions: await listContractRevisions(ctx, params.dataset),
  }));
  const propose = { summary: "Suggest contract rules from a dataset version", response: ContractRules };
  const query = z.object({ digest: z.string() });
  route(app, { method: "GET", path: `${path}/proposal`, ...one, query, ...propose }, ({ ctx, params, query }) =>
    proposeContract(ctx, { name: params.dataset, ...query }),
  );
}

function leakage(app: FastifyInstance): void {
  const path = "/datasets/:dataset/leakage-checks";
  const list = {
    summary: "List leakage checks, newest first",
    params: DatasetPath,
    response: z.object({ checks: z.array(LeakageCheck) }),
  };
  route(app, { method: "GET", path, ...list }, async ({ ctx, params }) => ({
    checks: await listLeakageChecks(ctx, params.dataset),
  }));
  const request = {
    summary: "Start a leakage check between two splits, which runs as a job",
    params: DatasetPath,
    body: LeakageQuestion,
    response: LeakageCheck,
    status: 202 as const,
  };
  route(app, { method: "POST", path, ...request }, ({ ctx, params, body }) =>
    requestLeakageCheck(ctx, { name: params.dataset, question: body }),
  );
  const show = {
    summary: "Get a leakage check with its result",
    params: DatasetPath.extend({ check: z.uuid() }),
    response: LeakageCheck,
  };
  route(app, { method: "GET", path: `${path}/:check`, ...show }, ({ ctx, params }) =>
    getLeakageCheck(ctx, { name: params.dataset, id: params.check }),
  );
}
