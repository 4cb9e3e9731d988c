import { createHash } from "node:crypto";
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

/**
 * Serialises to JSON without spaces, with the members of objects in the order of their names by UTF-16 code units, and numbers as
 * ECMAScript writes them: RFC 8785. Undefined members are left out.
 */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
  return `{${members.join(",")}}`;
}
