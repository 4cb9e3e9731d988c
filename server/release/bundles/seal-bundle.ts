import { createHash, sign } from "node:crypto";
import type { LimitFunction } from "p-limit";
import type { Context } from "#server/base/context.ts";
import type { VersionKey } from "#server/develop/registry/versions/contract.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import type { ModelRunner } from "#server/serve/runner/model-runner.ts";
import { type BundleFile, BundleManifest } from "./contract.ts";
import { type BundleDraft, draftBundle } from "./draft-bundle.ts";
import { type InstanceKey, instanceKey } from "./instance-key.ts";
import { findSealed, keepSealed, type SealedBundle } from "./kept-bundles.ts";
import { makeSample, type Sample } from "./make-sample.ts";
import { readModelFiles } from "./model-files.ts";
import { type BundleSource, measureBundle } from "./write-bundle.ts";

/** Dependencies of sealing. */
export interface BundlerDependencies {
  artifacts: ArtifactStore;
  models: ModelRunner;
  /** Seals one version at a time: each is read twice and loaded. */
  turn: LimitFunction;
}

/**
 * Returns a version as a sealed bundle. An earlier bundle is reused while nothing about the version has changed, so that the same version
 * yields the same file; otherwise its files are read, it is run once for the golden sample, and the manifest is signed.
 * @throws DomainError "not-found"; "conflict" if it has no ONNX file, its files changed, or it may not serve
 */
export async function sealBundle(ctx: Context, key: VersionKey, deps: BundlerDependencies): Promise<SealedBundle> {
  const sealing = await instanceKey(ctx.db);
  const draft = await draftBundle(ctx, key, sealing.public);
  const sealed = () => findSealed(ctx, draft);
  return (await sealed()) ?? deps.turn(async () => (await sealed()) ?? (await seal(ctx, draft, sealing, deps)));
}

async function seal(
  ctx: Context,
  draft: BundleDraft,
  sealing: InstanceKey,
  { artifacts, models }: BundlerDependencies,
): Promise<SealedBundle> {
  const model = await readModelFiles(artifacts, draft);
  const sample = await makeSample(ctx, models, draft.versionId);
  const source = toSource(draft, model, sample, sealing);
  const measured = await measureBundle(artifacts, source);
  const sealed = { ...source, ...measured, sealedAt: new Date() };
  // If a sample is missing for a temporary reason, such as too little memory, the next request tries again.
  const isLasting = "files" in sample || sample.isFinal;
  return isLasting ? keepSealed(ctx, draft, sealed) : sealed;
}

function toSource(draft: BundleDraft, model: BundleFile[], sample: Sample, sealing: InstanceKey): BundleSource {
  const ofSample = "files" in sample ? sample.files : {};
  const texts = new Map([...draft.about, ...Object.entries(ofSample)]);
  const files = [...model, ...[...texts].map(([path, text]) => textFile(path, text, path in ofSample))];
  const manifest = BundleManifest.parse({
    ...draft.head,
    sample: "files" in sample ? sample.manifest : null,
    sampleProblem: "files" in sample ? null : sample.problem,
    files: files.sort((a, b) => (a.path < b.path ? -1 : 1)),
  } satisfies BundleManifest);
  const manifestText = `${JSON.stringify(manifest, null, 2)}\n`;
  const seal = sign(null, Buffer.from(manifestText), sealing.privateKey);
  return { artifactKey: draft.artifactKey, manifest, manifestText, seal, texts };
}

function textFile(path: string, text: string, isSample: boolean): BundleFile {
  const bytes = Buffer.from(text);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { path, role: isSample ? "sample" : "about", sizeBytes: bytes.length, sha256 };
}
