import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { openZip } from "#server/admin/transfer/zip/open-zip.ts";
import type { Context } from "#server/base/context.ts";
import { describeModel } from "#server/develop/registry/onnx/describe-model.ts";
import { Pipeline } from "#server/develop/registry/pipeline/definition.ts";
import { registerUpload } from "#server/develop/registry/versions/register-upload.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { demoFile } from "#server/roles/demo/recording.ts";
import { createModelRunner, type ModelRunner } from "#server/serve/runner/model-runner.ts";
import { type Bundler, createBundler } from "../../../release/bundles/bundler.ts";

export const digits = { name: "digits", version: 1 };

interface Bundling {
  artifacts: ArtifactStore;
  models: ModelRunner;
  bundles: Bundler;
}

/** A store of its own, and what seals versions whose files lie there. Its caller closes the runner. */
export async function newBundling(): Promise<Bundling> {
  const folder = await mkdtemp(join(tmpdir(), "leeway-bundles-"));
  const artifacts = await openLocalStore(join(folder, "artifacts"));
  const limits = { workers: 1, threads: 1 };
  const models = createModelRunner({ artifacts, folder: join(folder, "models"), providers: ["cpu"], limits });
  return { artifacts, models, bundles: createBundler({ artifacts, models }) };
}

/** Registers a file as the next version of "digits"; the demo's digits with their pipeline when none is given. */
export async function upload(
  ctx: Context,
  artifacts: ArtifactStore,
  given?: { file: Buffer; pipeline?: Pipeline },
): Promise<void> {
  const intake = { artifacts, describeModel, maxBytes: 10_000_000 };
  const { file, pipeline } = given ?? (await demo());
  await registerUpload(ctx, { name: digits.name, pipeline }, Readable.from([file]), intake);
}

async function demo() {
  const pipeline = JSON.parse(await readFile(demoFile("digits", "pipeline.json"), "utf8"));
  return {
    file: await readFile(demoFile("digits", "models/digits-v2.onnx")),
    pipeline: Pipeline.parse(pipeline),
  };
}

/** The bytes of a version's bundle, and its files. */
export async function download(ctx: Context, bundles: Bundler): Promise<{ bytes: Buffer; files: Map<string, Buffer> }> {
  const { body } = await bundles.open(ctx, digits);
  const bytes = await buffer(body);
  const path = join(await mkdtemp(join(tmpdir(), "leeway-bundle-")), "bundle.zip");
  await writeFile(path, bytes);
  const zip = await openZip(path, 100_000_000);
  const files = new Map<string, Buffer>();
  for (const entry of zip.below("")) files.set(entry.path, await buffer(await entry.open()));
  zip.close();
  return { bytes, files };
}
