import { createHash } from "node:crypto";
import { canonicalJson } from "#server/base/canonical-json.ts";
import { artifactKey } from "#server/platform/artifacts/artifact-key.ts";
import type { CacheStep } from "./contract.ts";

/** Returns the key of a result: SHA-256 of the canonical JSON of what it is made from. docs/spec/training.md section 12. */
export function cacheKey({ step, code, parameters, inputs, environment }: CacheStep): string {
  const content = canonicalJson({ step, code, parameters, inputs, environment });
  return createHash("sha256").update(content).digest("hex");
}

/** Returns where the files of a result are stored: the folder, or one of them by its digest. */
export function cacheFileKey(workspaceId: string, key: string, sha256?: string): string {
  return artifactKey(workspaceId, ["training", "cache", key, ...(sha256 === undefined ? [] : [sha256])]);
}
