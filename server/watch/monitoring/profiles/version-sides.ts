import { DomainError } from "#server/base/errors.ts";
import type { findVersion } from "#server/develop/registry/lookups.ts";
import type { VersionSides } from "./build/plan-reference.ts";

type VersionRow = Pick<
  Awaited<ReturnType<typeof findVersion>>,
  "signature" | "pipeline" | "inspection" | "inspectionMessage"
>;

/** Returns the inputs and outputs of a version. @throws DomainError "conflict" while they are unknown */
export function versionSides({ signature, pipeline, inspection, inspectionMessage }: VersionRow): VersionSides {
  if (signature) return { signature, pipeline: pipeline ?? undefined };
  const why = inspection === "pending" ? "its files are still being checked. Try again soon" : inspectionMessage;
  throw new DomainError("conflict", `The signature of this version is unknown: ${why ?? "it has none"}.`);
}
