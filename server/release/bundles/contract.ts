import { z } from "zod";
import { Licence } from "#server/develop/registry/security/contract.ts";

/** Value of `format` in the manifest of a bundle, and the highest `formatVersion` that this Leeway writes. */
export const bundleFormat = { name: "leeway-bundle", version: 1 } as const;

/** The two files that the manifest cannot list: itself, and what seals it. */
export const manifestPath = "manifest.json";
export const sealPath = "manifest.sig";

/** Files next to the model and its sample; those of pipelines and signatures only if these exist. */
export const aboutPaths = [
  "PIPELINE.txt",
  "README.txt",
  "pipeline.json",
  "pipeline.schema.json",
  "seal-key.pem",
  "signature.json",
  "verify.py",
  "version-signatures.json",
] as const;
export type AboutPath = (typeof aboutPaths)[number];

/** model: the ONNX file; weights: a file that it reads beside itself; sample: see the manifest's sample; about: all else. */
const roles = ["model", "weights", "sample", "about"] as const;

export const BundleFile = z.object({
  path: z.string(),
  role: z.enum(roles),
  sizeBytes: z.number().int(),
  sha256: z.string(),
});
export type BundleFile = z.infer<typeof BundleFile>;

/** Maximum deviation of an output from the sample's: |got − expected| ≤ absolute + relative × |expected|. */
export const Tolerance = z.object({ absolute: z.number(), relative: z.number() });
export type Tolerance = z.infer<typeof Tolerance>;

/** Request that was actually run. Each file is the body of a request or a response of the Open Inference Protocol. */
export const SampleFiles = z.object({
  /** Inputs of the model. */
  request: z.string(),
  /** Outputs of the model. */
  response: z.string(),
  /** Input of the pipeline, from which it created `request`; null without steps before the model. */
  rawRequest: z.string().nullable(),
  /** Output of the pipeline, created from `response`; null without steps after the model. */
  finalResponse: z.string().nullable(),
  /** Execution provider that ran it. */
  provider: z.string(),
  /** Tolerances by the names of the model's outputs. An output without one has to be equal. */
  tolerances: z.record(z.string(), Tolerance),
});
export type SampleFiles = z.infer<typeof SampleFiles>;

/** manifest.json, without what is only known once the files were read. */
export const BundleHead = z.object({
  format: z.literal(bundleFormat.name),
  formatVersion: z.literal(bundleFormat.version),
  model: z.string(),
  version: z.number().int(),
  /** SHA-256 of the ONNX file followed by its weights in order of name; trusted keys sign its 64 characters. */
  sha256: z.string(),
  /** Time at which the version was registered. */
  createdAt: z.iso.datetime(),
  registry: z.object({ workspaceId: z.uuid(), modelId: z.uuid(), versionId: z.uuid(), runId: z.string().nullable() }),
  licence: Licence.nullable(),
  /** Producer, metadata and labels, as declared in the ONNX file. */
  producer: z.string(),
  metadata: z.record(z.string(), z.string()),
  labels: z.array(z.string()).nullable(),
  /** Requirements for a runtime. */
  requires: z.object({
    irVersion: z.number().int(),
    /** Operator set version by domain; "" is the standard one. */
    opsets: z.record(z.string(), z.number().int()),
    /** Names of the operators, with their domain unless it is the standard one; null when they were not counted. */
    operators: z.array(z.string()).nullable(),
    /** Data types of inputs and outputs, in the names of the Open Inference Protocol. */
    datatypes: z.array(z.string()),
  }),
  pipeline: z.object({ digest: z.string() }).nullable(),
  seal: z.object({ algorithm: z.literal("Ed25519"), keyFingerprint: z.string() }),
});
export type BundleHead = z.infer<typeof BundleHead>;

/** manifest.json: what is in a bundle, and what it takes to run it. */
export const BundleManifest = BundleHead.extend({
  /** Null if no sample could be created; `sampleProblem` has the reason. */
  sample: SampleFiles.nullable(),
  sampleProblem: z.string().nullable(),
  /** All files but manifest.json and manifest.sig, in order of path. */
  files: z.array(BundleFile),
});
export type BundleManifest = z.infer<typeof BundleManifest>;

/** A version as it is sealed now. */
export const Bundle = z.object({
  fileName: z.string(),
  sizeBytes: z.number().int(),
  /** Digest of the file. Unchanged as long as nothing of the version changes. */
  sha256: z.string(),
  sealedAt: z.date(),
  manifest: BundleManifest,
});
export type Bundle = z.infer<typeof Bundle>;

/** Public half of the key that seals bundles; one for the complete installation. */
export const BundleKey = z.object({
  algorithm: z.literal("Ed25519"),
  /** SHA-256, hex, of the key in its DER form, as `openssl pkey -pubin -outform DER | sha256sum` prints it. */
  fingerprint: z.string(),
  /** Base64 of its 32 bytes. */
  publicKey: z.string(),
  pem: z.string(),
  createdAt: z.date(),
});
export type BundleKey = z.infer<typeof BundleKey>;

/** Formats "digits-v3.leeway.zip". */
export function bundleFileName({ model, version }: { model: string; version: number }): string {
  return `${model}-v${version}.leeway.zip`;
}
