import type { SourceFile, SourceVersion } from "../source.ts";
import type { MlflowClient } from "./client.ts";
import { DownloadUri, type Version, Versions } from "./wire.ts";

/** Reads all versions of a registered model of an MLflow server. */
export async function readVersions(client: MlflowClient, name: string): Promise<SourceVersion[]> {
  const found: SourceVersion[] = [];
  // A quote in a name is doubled nowhere: MLflow's filters take names with one in double quotes.
  const quote = name.includes("'") ? '"' : "'";
  const query = { filter: `name = ${quote}${name}${quote}`, max_results: 200 };
  for (let page = ""; ; ) {
    const response = await client.request("GET", "/api/2.0/mlflow/model-versions/search", {
      ...query,
      ...(page && { page_token: page }),
    });
    const { model_versions, next_page_token } = Versions.parse(response);
    for (const version of model_versions) if (version.name === name) found.push(await toVersion(client, version));
    page = next_page_token;
    if (!page) return found;
  }
}

async function toVersion(client: MlflowClient, version: Version): Promise<SourceVersion> {
  const source = await downloadUri(client, version);
  return {
    number: version.version,
    source,
    runId: version.run_id,
    loggedModelId: version.model_id || undefined,
    description: version.description,
    userName: version.user_id,
    stage: version.current_stage,
    createdAt: version.creation_timestamp,
    tags: version.tags,
    upload: uploadOf(client, source),
  };
}

/** Returns the location of the files: a version created from another one names that one instead of a location. */
async function downloadUri(client: MlflowClient, { name, version, source }: Version): Promise<string> {
  if (!source.startsWith("models:") || /^models:\/+m-/.test(source)) return source;
  const response = await client.request("GET", "/api/2.0/mlflow/model-versions/get-download-uri", { name, version });
  return DownloadUri.parse(response).artifact_uri || source;
}

/** Returns the upload of a version, if any: another Leeway stores uploaded ONNX files under their digest. */
function uploadOf(client: MlflowClient, source: string): SourceFile | undefined {
  const [, digest] = /^mlflow-artifacts:\/models\/([0-9a-f]{64})$/.exec(source) ?? [];
  if (!digest) return undefined;
  const path = `/api/2.0/mlflow-artifacts/artifacts/models/${digest}/model.onnx`;
  return { path: "model.onnx", sizeBytes: undefined, open: () => client.open(path, {}) };
}
