import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { dirname, join } from "node:path";
import type { ArtifactStore } from "#server/artifacts/store.ts";
import { DomainError } from "#server/errors.ts";
import { externalFilesOf } from "#server/registry/onnx/external-files.ts";
import { type BundleFile, manifestPath, sealPath } from "./contract.ts";
import type { BundleDraft } from "./draft-bundle.ts";

const modelPath = "model.onnx";

/**
 * The model's file and its weights, read once from end to end. Only for processes that run from source: it starts a thread.
 * @throws DomainError "conflict" when they are not what was registered, or have names that the bundle needs
 */
export async function readModelFiles(
  artifacts: Pick<ArtifactStore, "localPath">,
  { artifactKey, head, about }: BundleDraft,
): Promise<BundleFile[]> {
  const path = await artifacts.localPath(artifactKey, externalFilesOf);
  const weights = await externalFilesOf(path);
  const taken = weights.find(
    (name) => about.has(name) || [modelPath, manifestPath, sealPath].includes(name) || name.startsWith("sample/"),
  );
  if (taken !== undefined) {
    throw new DomainError(
      "conflict",
      `The model's weights lie in "${taken}", which is the name of another file in a bundle. Save it with another name for its weights and register that.`,
    );
  }
  const all = createHash("sha256");
  const files = [await read(path, { path: modelPath, role: "model" }, all)];
  for (const name of weights) {
    files.push(await read(join(dirname(path), name), { path: name, role: "weights" }, all));
  }
  if (all.digest("hex") === head.sha256) return files;
  throw new DomainError(
    "conflict",
    `The files of ${head.model} v${head.version} are not the ones that were registered: their SHA-256 is another. Register the version again from files that are whole.`,
  );
}

/** Where a file of a version lies in the store. */
export function storedKey(artifactKey: string, { role, path }: BundleFile): string {
  return role === "model" ? artifactKey : `${artifactKey.slice(0, artifactKey.lastIndexOf("/") + 1)}${path}`;
}

async function read(
  path: string,
  file: Pick<BundleFile, "path" | "role">,
  all: ReturnType<typeof createHash>,
): Promise<BundleFile> {
  const own = createHash("sha256");
  let sizeBytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) {
    all.update(chunk);
    own.update(chunk);
    sizeBytes += chunk.length;
  }
  return { ...file, sizeBytes, sha256: own.digest("hex") };
}
