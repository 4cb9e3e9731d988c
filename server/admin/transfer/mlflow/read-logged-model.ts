import type { SourceLoggedModel } from "../source.ts";
import type { MlflowClient } from "./client.ts";
import type { FileRoot } from "./files.ts";
import { filesOnce, fingerprintOf } from "./read-run.ts";
import type { LoggedModel } from "./wire.ts";

/** Reads a logged model of an MLflow server. */
export function readLoggedModel(client: MlflowClient, model: LoggedModel): SourceLoggedModel {
  const { info, data } = model;
  const id = encodeURIComponent(info.model_id);
  const root: FileRoot = {
    uri: info.artifact_uri,
    list: {
      path: `/api/2.0/mlflow/logged-models/${id}/artifacts/directories`,
      query: (folder): Record<string, string> => (folder ? { artifact_directory_path: folder } : {}),
    },
    open: {
      path: `/ajax-api/2.0/mlflow/logged-models/${id}/artifacts/files`,
      query: (file) => ({ artifact_file_path: file }),
    },
  };
  const files = filesOnce(client, root);
  return {
    id: info.model_id,
    experimentId: info.experiment_id,
    name: info.name,
    modelType: info.model_type,
    sourceRunId: info.source_run_id,
    status: info.status,
    createdAt: info.creation_timestamp_ms,
    params: data.params,
    tags: info.tags,
    metrics: data.metrics.map(({ run_id: runId, dataset_name, dataset_digest, ...point }) => ({
      ...point,
      runId,
      ...(dataset_name && { datasetName: dataset_name, datasetDigest: dataset_digest }),
    })),
    fingerprint: async () => fingerprintOf(model, await files()),
    async *files() {
      yield* await files();
    },
  };
}
