import { createHash } from "node:crypto";
import type { Point } from "#server/develop/tracking/log-contract.ts";
import type { SourceFile, SourceRun } from "../source.ts";
import type { MlflowClient } from "./client.ts";
import { type FileRoot, filesBelow } from "./files.ts";
import { History, type Run } from "./wire.ts";

const api = "/api/2.0/mlflow";
const pointsPerPage = 25_000;

/** Reads a run of an MLflow server. Its points and files are only requested when they are imported. */
export function readRun(client: MlflowClient, run: Run): SourceRun {
  const { info, data, inputs, outputs } = run;
  const root: FileRoot = {
    uri: info.artifact_uri,
    list: { path: `${api}/artifacts/list`, query: (path) => ({ run_id: info.run_id, ...(path && { path }) }) },
    open: { path: "/get-artifact", query: (path) => ({ run_uuid: info.run_id, run_id: info.run_id, path }) },
  };
  const files = filesOnce(client, root);
  return {
    id: info.run_id,
    experimentId: info.experiment_id,
    name: info.run_name,
    userName: info.user_id,
    status: info.status,
    startedAt: info.start_time,
    endedAt: info.end_time ?? null,
    params: data.params,
    tags: data.tags,
    datasets: inputs.dataset_inputs.map(
      ({ tags, dataset: { source_type: sourceType, schema, profile, ...dataset } }) => ({
        ...dataset,
        sourceType,
        schema: schema ?? null,
        profile: profile ?? null,
        tags,
      }),
    ),
    inputModelIds: inputs.model_inputs.map(({ model_id }) => model_id),
    outputModels: outputs.model_outputs.map(({ model_id: modelId, step }) => ({ modelId, step })),
    fingerprint: async () => fingerprintOf(run, await files()),
    async *points() {
      for (const { key } of data.metrics) yield* history(client, info.run_id, key);
    },
    async *files() {
      yield* await files();
    },
  };
}

async function* history(client: MlflowClient, runId: string, key: string): AsyncGenerator<Point[]> {
  for (let page = ""; ; ) {
    const query = { run_id: runId, metric_key: key, max_results: pointsPerPage, ...(page && { page_token: page }) };
    const { metrics, next_page_token } = History.parse(
      await client.request("GET", `${api}/metrics/get-history`, query),
    );
    if (metrics.length > 0) yield metrics.map(({ value, timestamp, step }) => ({ key, value, timestamp, step }));
    page = next_page_token;
    if (!page) return;
  }
}

/** Lists the files, requested only once: the list is part of the fingerprint, and then imported. */
export function filesOnce(client: MlflowClient, root: FileRoot): () => Promise<SourceFile[]> {
  let listed: Promise<SourceFile[]> | undefined;
  return () => (listed ??= listAll(client, root));
}

async function listAll(client: MlflowClient, root: FileRoot): Promise<SourceFile[]> {
  const files: SourceFile[] = [];
  for await (const file of filesBelow(client, root)) files.push(file);
  return files;
}

/** The latest points are sufficient for the fingerprint: a history only grows. */
export function fingerprintOf(thing: unknown, files: readonly SourceFile[]): string {
  const sizes = files.map(({ path, sizeBytes }) => [path, sizeBytes]).sort();
  return createHash("sha256")
    .update(JSON.stringify([sorted(thing), sizes]))
    .digest("hex");
}

/** Servers list params and tags in any order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => JSON.stringify(sorted(each))).sort();
  if (typeof value !== "object" || value === null) return typeof value === "number" ? String(value) : value;
  return Object.entries(value)
    .map(([key, each]) => [key, sorted(each)])
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
}
