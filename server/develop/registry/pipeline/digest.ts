import { createHash } from "node:crypto";
import { canonicalJson } from "#server/base/canonical-json.ts";
import type { Pipeline } from "./definition.ts";

/**
 * Returns the SHA-256, in hexadecimal, of a pipeline's canonical JSON. Equal pipelines have equal digests, regardless of their notation.
 */
export function pipelineDigest(pipeline: Pipeline): string {
  return createHash("sha256").update(canonicalJson(pipeline), "utf8").digest("hex");
}

/** Returns the columns of a version that contain its pipeline. */
export function pipelineColumns(pipeline: Pipeline | null | undefined) {
  return { pipeline: pipeline ?? null, pipelineDigest: pipeline ? pipelineDigest(pipeline) : null };
}
