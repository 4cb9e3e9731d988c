import type { Database } from "#db/client.ts";
import type { Config } from "../admin/settings/config.ts";
import type { Documents } from "../base/documents/documents.ts";
import type { ReadKeyRows } from "../develop/features/keys/get-key-rows.ts";
import type { TrainingSetChecks } from "../develop/features/training-sets/training-set-checks.ts";
import type { TrainingSetPreviews } from "../develop/features/training-sets/training-set-previews.ts";
import type { DescribeModel } from "../develop/registry/onnx/describe-model.ts";
import type { InstallReadyTemplate } from "../improve/training/templates/ready/install-template.ts";
import type { ArtifactStore } from "../platform/artifacts/store.ts";
import type { Bundler } from "../release/bundles/bundler.ts";
import type { Playground } from "../serve/playground/playground.ts";
import type { ModelRunner } from "../serve/runner/model-runner.ts";

/** The long-lived objects of the web process, created once before Next starts. */
export interface Runtime {
  config: Config;
  db: Database;
  /** Signs sessions. */
  sessionSecret: string;
  artifacts: ArtifactStore;
  /** Opens an ONNX file in a thread, which bundled code cannot start. */
  describeModel: DescribeModel;
  /** Runs any version, in threads too. */
  models: ModelRunner;
  /** Runs and explains what people try by hand, with the same models. */
  playground: Playground;
  /** Seals versions for devices, for which it runs them. */
  bundles: Bundler;
  /** Reads rows of features by key, with an engine that bundled code cannot start. */
  readKeyRows: ReadKeyRows;
  /** Previews training sets, by an engine that bundled code cannot start. */
  previewTrainingSet: TrainingSetPreviews;
  /** Looks for leaks in training sets that do not exist yet, by the same engine. */
  checkTrainingSet: TrainingSetChecks;
  /** Installs a template that comes with Leeway, whose script bundled code cannot find on disk. */
  installTemplate: InstallReadyTemplate;
  /** The guides, which bundled code cannot find on disk. */
  documents: Documents;
}

// Next bundles a second copy of every module, so a module cannot hold what both sides share.
const shared = globalThis as { leewayRuntime?: Runtime };

/** Hands the runtime to the pages; the web role calls it before Next starts. */
export function setRuntime(runtime: Runtime): void {
  shared.leewayRuntime = runtime;
}

/** Returns the runtime. Only app/_lib/context.ts and the web role use it. */
export function getRuntime(): Runtime {
  if (!shared.leewayRuntime) throw new Error("Pages are served by the web role only: npm start.");
  return shared.leewayRuntime;
}
