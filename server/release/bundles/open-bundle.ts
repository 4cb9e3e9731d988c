import type { Readable } from "node:stream";
import { type Context, transact } from "#server/base/context.ts";
import { log } from "#server/base/log.ts";
import { newArchive } from "#server/base/zip/archive.ts";
import { VersionKey } from "#server/develop/registry/versions/contract.ts";
import { record } from "#server/platform/audit/record.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { bundleFileName } from "./contract.ts";
import { requireModelFiles } from "./model-files.ts";
import { type BundlerDependencies, sealBundle } from "./seal-bundle.ts";
import { writeBundle } from "./write-bundle.ts";

export interface OpenBundle {
  fileName: string;
  sizeBytes: number;
  /** Hex digest of the complete file. */
  sha256: string;
  /** Breaks off when a file of the version is not what was sealed any more. */
  body: Readable;
}

/** Opens a version's bundle for sending and records this in the audit log. Its files are read while they are sent. @throws as sealBundle */
export async function openBundle(ctx: Context, input: VersionKey, deps: BundlerDependencies): Promise<OpenBundle> {
  permit(ctx, "openBundle");
  const { name, version } = VersionKey.parse(input);
  const sealed = await sealBundle(ctx, { name, version }, deps);
  await requireModelFiles(deps.artifacts, sealed);
  const { sizeBytes, sha256, manifest } = sealed;
  const subject = `version/${name}/${version}`;
  await transact(ctx, (ctx) =>
    record(ctx, "version.bundle-downloaded", {
      subject,
      after: { sha256, sizeBytes, key: manifest.seal.keyFingerprint },
    }),
  );
  const archive = newArchive({ isTimeless: true });
  writeBundle(deps.artifacts, archive, sealed).catch((error: Error) => {
    // A reader that stopped needs no report; any other error is logged, and aborts the file.
    if (!archive.output.destroyed) log.error("bundle.aborted", { subject, cause: error });
    archive.fail(error);
  });
  return { fileName: bundleFileName(manifest), sizeBytes, sha256, body: archive.output };
}
