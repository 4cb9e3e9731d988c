import pLimit from "p-limit";
import type { Context } from "#server/base/context.ts";
import type { VersionKey } from "#server/develop/registry/versions/contract.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import type { ModelRunner } from "#server/serve/runner/model-runner.ts";
import type { Bundle } from "./contract.ts";
import { getBundle } from "./get-bundle.ts";
import { type OpenBundle, openBundle } from "./open-bundle.ts";

/** Bundles for devices, with the dependencies for sealing; created once, before Next starts. */
export interface Bundler {
  /** As getBundle. */
  get(ctx: Context, key: VersionKey): Promise<Bundle>;
  /** As openBundle. */
  open(ctx: Context, key: VersionKey): Promise<OpenBundle>;
}

/** @param dependencies the store of model files, and the runner that creates golden samples */
export function createBundler(dependencies: { artifacts: ArtifactStore; models: ModelRunner }): Bundler {
  const deps = { ...dependencies, turn: pLimit(1) };
  return {
    get: (ctx, key) => getBundle(ctx, key, deps),
    open: (ctx, key) => openBundle(ctx, key, deps),
  };
}
