import { DomainError } from "#server/base/errors.ts";
import type { findVersion } from "#server/develop/registry/lookups.ts";
import type { Signature } from "#server/develop/registry/onnx/contract.ts";
import type { Pipeline } from "#server/develop/registry/pipeline/definition.ts";
import type { VersionSides } from "./build/plan-reference.ts";

type VersionRow = Pick<
  Awaited<ReturnType<typeof findVersion>>,
  "signature" | "pipeline" | "inspection" | "inspectionMessage"
>;

/** What a version takes and gives. @throws DomainError "conflict" while that is not known */
export function versionSides({ signature, pipeline, inspection, inspectionMessage }: VersionRow): VersionSides {
  if (signature) return { signature: signature as Signature, pipeline: (pipeline as Pipeline | null) ?? undefined };
  const why = inspection === "pending" ? "its files are still being checked. Try again soon" : inspectionMessage;
  throw new DomainError("conflict", `The signature of this version is unknown: ${why ?? "it has none"}.`);
}
