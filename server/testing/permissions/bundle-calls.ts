import pLimit from "p-limit";
import { getBundle } from "#server/release/bundles/get-bundle.ts";
import { openBundle } from "#server/release/bundles/open-bundle.ts";
import { getBundleKey } from "#server/release/bundles/queries.ts";
import type { BundlerDependencies } from "#server/release/bundles/seal-bundle.ts";
import type { Calls } from "./call.ts";
import { runnerOf } from "./playground-calls.ts";
import type { Scene } from "./scene.ts";

const keyOf = ({ model, version }: Scene) => ({ name: model, version });
const depsOf = ({ store }: Scene): BundlerDependencies => ({
  artifacts: store,
  models: runnerOf(store),
  turn: pLimit(1),
});

/** Bundles for devices. The file in the scene is not the one that was registered, so that nothing is sealed. */
export const bundleCalls = {
  getBundle: (ctx, scene) => getBundle(ctx, keyOf(scene), depsOf(scene)),
  openBundle: (ctx, scene) => openBundle(ctx, keyOf(scene), depsOf(scene)),
  getBundleKey: (ctx) => getBundleKey(ctx),
} as const satisfies Calls;
