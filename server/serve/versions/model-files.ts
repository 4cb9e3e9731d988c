import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { childEnvironment } from "#server/base/child-environment.ts";
import { minuteMs } from "#server/base/durations.ts";
import { DomainError } from "#server/base/errors.ts";
import { log } from "#server/base/log.ts";
import { externalFilesOf } from "#server/develop/registry/onnx/external-files.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { copyFailureReason } from "./copy-failure-reason.ts";
import { type CopyOrder, type CopyReply, modelName } from "./model-copy.ts";

/** Data of a version needed to fetch its file. */
export interface StoredModel {
  versionId: string;
  modelName: string;
  version: number;
  /** Empty when the version has no file here, so that only an engine can run it. */
  artifactKey: string;
  sha256: string | undefined;
}

/** Copies of the model files that a process serves, so that it loads them also when the artifact store is out of reach. */
export class ModelFiles {
  private readonly folder: string;
  private readonly artifacts: Pick<ArtifactStore, "localPath">;

  constructor(folder: string, artifacts: Pick<ArtifactStore, "localPath">) {
    mkdirSync(folder, { recursive: true });
    this.folder = folder;
    this.artifacts = artifacts;
  }

  /**
   * Returns the path of a version's ONNX file, copied here first if necessary. Its digest is the one recorded at registration.
   * @throws DomainError "unavailable" when the content differs, or the file cannot be fetched
   */
  async fetch({ versionId, modelName: model, version, artifactKey, sha256 }: StoredModel): Promise<string> {
    const target = join(this.folder, versionId);
    let cause: unknown;
    const source = await this.artifacts.localPath(artifactKey, externalFilesOf).catch((error: unknown) => {
      cause = error;
      return undefined;
    });
    const reply = await copy({ source, target, sha256 });
    if (reply.kind === "copied") return join(target, modelName);
    log.error("model_file.not_copied", { model, version, artifactKey, ...reply, cause });
    throw new DomainError("unavailable", copyFailureReason(`${model} version ${version}`, reply, cause), { cause });
  }

  /** Removes the copies of all versions but these. A young one stays: another process may be about to load it. */
  prune(versionIds: ReadonlySet<string>, now = Date.now()): void {
    for (const name of readdirSync(this.folder)) {
      const path = join(this.folder, name);
      const isOld = now - (statSync(path, { throwIfNoEntry: false })?.ctimeMs ?? now) > minuteMs;
      if (isOld && !versionIds.has(name)) rmSync(path, { recursive: true, force: true });
    }
  }
}

function copy(order: CopyOrder): Promise<CopyReply> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL("./model-copy.ts", import.meta.url), {
      workerData: order,
      env: childEnvironment(),
    });
    worker.once("message", resolve);
    worker.once("error", ({ message }) => resolve({ kind: "failed", code: undefined, detail: message }));
    const detail = "The copy thread exited without a result.";
    worker.once("exit", () => resolve({ kind: "failed", code: undefined, detail }));
  });
}
