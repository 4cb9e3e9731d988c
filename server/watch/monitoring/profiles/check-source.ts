import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { findUploadedVersion } from "#server/develop/datasets/lookups.ts";
import { ColumnProfile } from "#server/develop/datasets/profile/contract.ts";
import { findEndpointById } from "#server/serve/endpoints/lookups.ts";
import { planReference, type VersionSides } from "./build/plan-reference.ts";
import type { ProfileSource } from "./contract.ts";

const maxNamed = 8;

/**
 * Checks whether a source can become a version's reference, as far as possible before its rows are read.
 * @returns its row count; null when unknown. @throws DomainError "not-found" for the source, "invalid" with what it lacks
 */
export async function checkSource(ctx: Context, version: VersionSides, source: ProfileSource): Promise<number | null> {
  if (source.kind === "traffic") {
    if (source.from >= source.to)
      throw new DomainError("invalid", "The start of the traffic period must be before its end.");
    await findEndpointById(ctx, source.endpointId);
    return null;
  }
  const dataset = await findUploadedVersion(ctx, source);
  const columns = ColumnProfile.array().parse(dataset.columns);
  const { specs, missing } = planReference(version, columns, source);
  const problem = problemOf(specs.filter(({ role }) => role === "input").length, missing, source.name);
  if (problem) throw new DomainError("invalid", problem);
  for (const column of [source.labelColumn, source.where?.column]) {
    if (column && !columns.some(({ name }) => name === column)) {
      throw new DomainError("invalid", `"${source.name}" has no column "${column}".`);
    }
  }
  return source.where ? null : dataset.rows;
}

/** Describes what a dataset lacks to be the reference of a version; undefined when it lacks nothing. */
export function problemOf(inputs: number, missing: readonly string[], dataset: string): string | undefined {
  if (inputs === 0) {
    return "No input of this version has a fixed length and numeric or text type, so a reference cannot be created.";
  }
  if (missing.length === 0) return undefined;
  const some = missing.slice(0, maxNamed).map((name) => `"${name}"`);
  const more = missing.length > maxNamed ? ` and ${missing.length - maxNamed} more` : "";
  return `"${dataset}" has no column for ${some.join(", ")}${more}. Specify the columns, or use recorded traffic as the reference.`;
}
