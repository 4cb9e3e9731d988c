import { text } from "node:stream/consumers";
import { DomainError } from "#server/base/errors.ts";
import { limits } from "#server/base/limits.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { readMlModel } from "../source/mlmodel.ts";

const maxFiles = 5000;
const maxDepth = 8;

/**
 * Returns the key of the ONNX file among a version's files: the one that MLmodel names, or the only one.
 * @param root key of a folder, or of the file itself.
 * @throws DomainError "invalid" with the reason why there is none to serve.
 */
export async function findOnnxFile(artifacts: ArtifactStore, root: string): Promise<string> {
  const files = await filesBelow(artifacts, root);
  if (files.length === 0) return asFile(artifacts, root);
  const model = files.includes("MLmodel") ? readMlModel(await smallText(artifacts, `${root}/MLmodel`)) : undefined;
  if (model?.onnxPath !== undefined) {
    if (files.includes(model.onnxPath)) return `${root}/${model.onnxPath}`;
    throw new DomainError("invalid", `MLmodel refers to "${model.onnxPath}", which was not uploaded.`);
  }
  const found = files.filter((file) => /\.onnx$/i.test(file));
  if (found.length === 1) return `${root}/${found[0]}`;
  if (found.length > 1) {
    throw new DomainError(
      "invalid",
      `Found ${found.length} ONNX files (${found.slice(0, 3).join(", ")}${found.length > 3 ? " …" : ""}), so it is unclear which one to serve. Log one with mlflow.onnx.log_model, or upload it.`,
    );
  }
  throw new DomainError("invalid", notOnnx(model?.flavors ?? []));
}

/** Reads the MLmodel file of a folder of the store; undefined if there is none. */
export async function readMlModelFile(artifacts: ArtifactStore, root: string): Promise<string | undefined> {
  try {
    return await smallText(artifacts, `${root}/MLmodel`);
  } catch (error) {
    if (error instanceof DomainError) return undefined;
    throw error;
  }
}

function notOnnx(flavors: string[]): string {
  const flavor = flavors.find((name) => name !== "python_function");
  const what = flavor ? `The model's flavour is ${flavor}` : "No ONNX file found";
  return `${what}; Leeway serves ONNX models. Convert it and log it with mlflow.onnx.log_model.`;
}

async function asFile(artifacts: ArtifactStore, key: string): Promise<string> {
  try {
    await artifacts.stat(key);
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== "not-found") throw error;
    throw new DomainError("invalid", "No files found at the version's source. Log the model, then inspect again.");
  }
  if (/\.onnx$/i.test(key)) return key;
  throw new DomainError("invalid", `"${key.split("/").at(-1)}" is not an ONNX file.`);
}

/** Paths of all files below a folder, from there. */
async function filesBelow(artifacts: ArtifactStore, root: string): Promise<string[]> {
  const files: string[] = [];
  const folders = [{ path: "", depth: 0 }];
  for (let folder = folders.shift(); folder && files.length < maxFiles; folder = folders.shift()) {
    const { path, depth } = folder;
    for (const entry of await artifacts.list(root + (path && `/${path}`))) {
      const entryPath = path ? `${path}/${entry.name}` : entry.name;
      if (!entry.isFolder) files.push(entryPath);
      else if (depth < maxDepth) folders.push({ path: entryPath, depth: depth + 1 });
    }
  }
  return files;
}

async function smallText(artifacts: ArtifactStore, key: string): Promise<string> {
  return text(await artifacts.open(key, { start: 0, end: limits.yamlLength - 1 }));
}
