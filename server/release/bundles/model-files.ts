import { createHash } from "node:crypto";
import { DomainError } from "#server/base/errors.ts";
import { externalFilesOf } from "#server/develop/registry/onnx/external-files.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { type BundleFile, type BundleHead, manifestPath, sealPath } from "./contract.ts";
import type { BundleDraft } from "./draft-bundle.ts";
import type { BundleSource } from "./write-bundle.ts";

const modelPath = "model.onnx";

type NamedFile = Pick<BundleFile, "path" | "role">;

/**
 * Reads the model's file and its weights once from end to end. Only for processes that run from source: it starts a thread.
 * @throws DomainError "conflict" if they differ from the registered files, or have names that the bundle needs
 */
export async function readModelFiles(
  artifacts: Pick<ArtifactStore, "localPath" | "open">,
  { artifactKey, head, about }: BundleDraft,
): Promise<BundleFile[]> {
  const absent = (error: unknown): never => {
    throw isAbsent(error) ? notRegistered(head) : error;
  };
  const weights = await externalFilesOf(await artifacts.localPath(artifactKey).catch(absent));
  const conflicting = weights.find(
    (name) => about.has(name) || [modelPath, manifestPath, sealPath].includes(name) || name.startsWith("sample/"),
  );
  if (conflicting !== undefined) {
    throw new DomainError(
      "conflict",
      `The model's weights are in "${conflicting}", which is a reserved file name in bundles. Save the weights under a different name and register the model again.`,
    );
  }
  const all = createHash("sha256");
  const files: BundleFile[] = [];
  const wanted: NamedFile[] = [
    { path: modelPath, role: "model" },
    ...weights.map((path): NamedFile => ({ path, role: "weights" })),
  ];
  for (const file of wanted) {
    const body = await artifacts.open(storedKey(artifactKey, file)).catch(absent);
    files.push(await read(body, file, all));
  }
  if (all.digest("hex") === head.sha256) return files;
  throw notRegistered(head);
}

/** Refuses, before the first byte of a bundle is sent, when a file of the model is gone or has another size. @throws DomainError "conflict" */
export async function requireModelFiles(
  artifacts: Pick<ArtifactStore, "stat">,
  { artifactKey, manifest }: Pick<BundleSource, "artifactKey" | "manifest">,
): Promise<void> {
  for (const file of manifest.files.filter(({ role }) => role === "model" || role === "weights")) {
    const found = await artifacts.stat(storedKey(artifactKey, file)).catch((error: unknown) => {
      throw isAbsent(error) ? notRegistered(manifest) : error;
    });
    if (found.sizeBytes !== file.sizeBytes) throw notRegistered(manifest);
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof DomainError && error.code === "not-found";
}

function notRegistered({ model, version }: Pick<BundleHead, "model" | "version">): DomainError {
  return new DomainError(
    "conflict",
    `The files of ${model} v${version} are missing or differ from the registered ones. Register the version again from intact files.`,
  );
}

/** Returns the key of a version's file in the store. */
export function storedKey(artifactKey: string, { role, path }: NamedFile): string {
  return role === "model" ? artifactKey : `${artifactKey.slice(0, artifactKey.lastIndexOf("/") + 1)}${path}`;
}

async function read(
  body: AsyncIterable<Uint8Array>,
  file: NamedFile,
  all: ReturnType<typeof createHash>,
): Promise<BundleFile> {
  const own = createHash("sha256");
  let sizeBytes = 0;
  for await (const chunk of body) {
    all.update(chunk);
    own.update(chunk);
    sizeBytes += chunk.length;
  }
  return { ...file, sizeBytes, sha256: own.digest("hex") };
}
