import { type AboutPath, aboutPaths, type BundleFile, type BundleManifest } from "#server/bundles/contract.ts";

const known: Record<AboutPath, string> = {
  "README.txt": "how to check it and how to run it",
  "PIPELINE.txt": "how each step of the pipeline is computed",
  "pipeline.json": "what is done before and after the model",
  "pipeline.schema.json": "JSON Schema of the pipeline",
  "seal-key.pem": "public half of the key that seals it",
  "signature.json": "inputs and outputs of the model",
  "verify.py": "checks all of it, in Python",
  "version-signatures.json": "signatures of this version by trusted keys",
};

/** What a file of a bundle is for. */
export function fileWords({ path, role }: BundleFile, { sample }: Pick<BundleManifest, "sample">): string {
  if (role === "model") return "the model";
  if (role === "weights") return "weights of the model";
  if (path === sample?.request) return "made-up inputs of the model";
  if (path === sample?.response) return "what the model gave for them when this was sealed";
  if (path === sample?.rawRequest) return "what a client sends to have them made by the pipeline";
  if (path === sample?.finalResponse) return "what the pipeline made of the model's answer";
  const about = aboutPaths.find((name) => name === path);
  return about ? known[about] : "";
}

/** Where a version's bundle is downloaded. */
export function bundleHref({ model, version }: Pick<BundleManifest, "model" | "version">): string {
  return `/api/v1/models/${encodeURIComponent(model)}/versions/${version}/bundle`;
}
