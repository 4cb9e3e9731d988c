import { createHash } from "node:crypto";
import type { modelVersions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { findVersion } from "#server/develop/registry/lookups.ts";
import type { Signature } from "#server/develop/registry/onnx/contract.ts";
import type { Licence, VersionSecurity } from "#server/develop/registry/security/contract.ts";
import { loadTrustedKeys } from "#server/develop/registry/security/load-security.ts";
import { isSignedBy } from "#server/develop/registry/security/public-key.ts";
import { getVersionSecurity } from "#server/develop/registry/security/queries.ts";
import type { VersionKey } from "#server/develop/registry/versions/contract.ts";
import { aboutFiles, type VersionSeal } from "./about-files.ts";
import { type BundleHead, type BundleKey, bundleFormat } from "./contract.ts";
import { refuseBundle } from "./refuse-bundle.ts";

/** A bundle as far as the database knows it. */
export interface BundleDraft {
  versionId: string;
  /** Key of the ONNX file in the store; its weights are in the same folder. */
  artifactKey: string;
  head: BundleHead;
  /** Texts by their paths in the bundle. */
  about: ReadonlyMap<string, string>;
  /** SHA-256 of all this. */
  basis: string;
}

/**
 * Prepares the contents of a version's bundle besides its model files and sample.
 * @throws DomainError "not-found"; "conflict" when it has no ONNX file, or may not serve
 */
export async function draftBundle(ctx: Context, key: VersionKey, sealing: BundleKey): Promise<BundleDraft> {
  const version = await findVersion(ctx, key);
  const { id: versionId, artifactKey, sha256, inspection, inspectionMessage } = version;
  const { signature } = version;
  if (inspection !== "servable" || !artifactKey || !sha256 || !signature) {
    const why = inspectionMessage ?? "Its files have not been inspected yet. Try again in a moment.";
    throw new DomainError("conflict", `Cannot create a bundle of ${key.name} v${key.version}. ${why}`);
  }
  const security = await getVersionSecurity(ctx, key);
  await refuseBundle(ctx, versionId, key, security);
  const head = headOf({ version, name: key.name, sha256, signature, licence: security.licence, sealing });
  const seals = await trustedSeals(ctx, sha256, security);
  const about = aboutFiles({ head, signature, pipeline: version.pipeline, seals, sealing });
  const basis = createHash("sha256").update(JSON.stringify([head, [...about]]));
  return { versionId, artifactKey, head, about, basis: basis.digest("hex") };
}

function headOf(of: {
  version: typeof modelVersions.$inferSelect;
  name: string;
  sha256: string;
  signature: Signature;
  licence: Licence | null;
  sealing: BundleKey;
}): BundleHead {
  const { version, signature } = of;
  const { inputs, outputs, producer, metadata, labels, irVersion, opsets } = signature;
  const { graph } = version;
  const { id: versionId, workspaceId, modelId, runId, pipelineDigest } = version;
  return {
    format: bundleFormat.name,
    formatVersion: bundleFormat.version,
    model: of.name,
    version: version.version,
    sha256: of.sha256,
    createdAt: new Date(version.createdAt).toISOString(),
    registry: { workspaceId, modelId, versionId, runId: runId || null },
    licence: of.licence,
    producer,
    metadata,
    labels: labels ?? null,
    requires: {
      irVersion,
      opsets,
      operators: graph?.operators.map(({ domain, name }) => (domain ? `${domain}.${name}` : name)).sort() ?? null,
      datatypes: [...new Set([...inputs, ...outputs].map(({ datatype }) => datatype))].sort(),
    },
    pipeline: pipelineDigest ? { digest: pipelineDigest } : null,
    seal: { algorithm: of.sealing.algorithm, keyFingerprint: of.sealing.fingerprint },
  };
}

/** Returns the version's own signature with its key, if the key is currently trusted. */
async function trustedSeals(ctx: Context, sha256: string, security: VersionSecurity): Promise<VersionSeal[]> {
  const { signature, state } = security.signature;
  if (state !== "trusted" || signature === null) return [];
  const makers = (await loadTrustedKeys(ctx)).filter(
    ({ revokedAt, publicKey }) => revokedAt === null && isSignedBy(publicKey, sha256, signature),
  );
  return makers.map(({ name, publicKey }) => ({ keyName: name, publicKey, signature }));
}
