import pLimit from "p-limit";
import { getBundle } from "#server/release/bundles/get-bundle.ts";
import { openBundle } from "#server/release/bundles/open-bundle.ts";
import { getBundleKey } from "#server/release/bundles/queries.ts";
import type { BundlerDependencies } from "#server/release/bundles/seal-bundle.ts";
import type { Calls } from "./call.ts";
import type { Fixture } from "./fixture.ts";
import { runnerOf } from "./playground-calls.ts";

const keyOf = ({ model, version }: Fixture) => ({ name: model, version });
const depsOf = ({ store }: Fixture): BundlerDependencies => ({
  artifacts: store,
  models: runnerOf(store),
  turn: pLimit(1),
});

/** Calls on bundles for devices. The file in the fixture is not the registered one, so nothing is sealed. */
export const bundleCalls = {
  getBundle: (ctx, fixture) => getBundle(ctx, keyOf(fixture), depsOf(fixture)),
  openBundle: (ctx, fixture) => openBundle(ctx, keyOf(fixture), depsOf(fixture)),
  getBundleKey: (ctx) => getBundleKey(ctx),
} as const satisfies Calls;
