import type { Context } from "#server/base/context.ts";
import { VersionKey } from "#server/develop/registry/versions/contract.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type Bundle, bundleFileName } from "./contract.ts";
import { type BundlerDependencies, sealBundle } from "./seal-bundle.ts";

/** Returns the contents of a version's bundle, its size and its digest; seals it first if necessary. @throws as sealBundle */
export async function getBundle(ctx: Context, input: VersionKey, deps: BundlerDependencies): Promise<Bundle> {
  permit(ctx, "getBundle");
  const { manifest, sizeBytes, sha256, sealedAt } = await sealBundle(ctx, VersionKey.parse(input), deps);
  return { fileName: bundleFileName(manifest), sizeBytes, sha256, sealedAt, manifest };
}
