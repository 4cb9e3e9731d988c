import { type AboutPath, aboutPaths, type BundleFile, type BundleManifest } from "#server/release/bundles/contract.ts";

const known: Record<AboutPath, string> = {
  "README.txt": "verification and usage instructions",
  "PIPELINE.txt": "exact definition of each pipeline step",
  "pipeline.json": "pre- and postprocessing pipeline",
  "pipeline.schema.json": "JSON Schema of the pipeline",
  "seal-key.pem": "public key that verifies the seal",
  "signature.json": "model inputs and outputs",
  "verify.py": "verification script (Python)",
  "version-signatures.json": "signatures of this version by trusted keys",
};

/** Describes the purpose of a file of a bundle. */
export function describeFile({ path, role }: BundleFile, { sample }: Pick<BundleManifest, "sample">): string {
  if (role === "model") return "the model";
  if (role === "weights") return "model weights";
  if (path === sample?.request) return "synthetic model inputs";
  if (path === sample?.response) return "model outputs at sealing time";
  if (path === sample?.rawRequest) return "sample client request, before the pipeline";
  if (path === sample?.finalResponse) return "pipeline output for the sample";
  const about = aboutPaths.find((name) => name === path);
  return about ? known[about] : "";
}

/** Returns the download path of a version's bundle. */
export function bundleHref({ model, version }: Pick<BundleManifest, "model" | "version">): string {
  return `/api/v1/models/${encodeURIComponent(model)}/versions/${version}/bundle`;
}
