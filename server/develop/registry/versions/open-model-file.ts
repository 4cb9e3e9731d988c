import type { Readable } from "node:stream";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findVersion } from "../lookups.ts";
import { VersionKey } from "./contract.ts";

export interface ModelFile {
  body: Readable;
  /** Size and digest of the file itself; weights in a second file are not included. */
  sizeBytes: number;
  sha256: string;
}

/** Opens the ONNX file of a version. @throws DomainError "not-found", "conflict" when Leeway has none for it. */
export async function openModelFile(ctx: Context, input: VersionKey, artifacts: ArtifactStore): Promise<ModelFile> {
  permit(ctx, "openModelFile");
  const { artifactKey, sha256, inspectionMessage } = await findVersion(ctx, VersionKey.parse(input));
  if (!artifactKey || !sha256) {
    throw new DomainError(
      "conflict",
      inspectionMessage ?? "The files of this version have not been inspected yet. Try again.",
    );
  }
  const { sizeBytes } = await artifacts.stat(artifactKey);
  return { body: await artifacts.open(artifactKey), sizeBytes, sha256 };
}
