import type { Licence } from "./contract.ts";

interface LicenceHints {
  versionTags: readonly { key: string; value: string }[];
  modelTags: readonly { key: string; value: string }[];
  /** Metadata of the ONNX file. */
  metadata: Record<string, string> | undefined;
  /** Licence that the scan found in the version's files. */
  scanned: Licence | null | undefined;
}

/** Chooses the licence of a version: tags set by users take precedence over its files. */
export function chooseLicence({ versionTags, modelTags, metadata, scanned }: LicenceHints): Licence | null {
  const tagged = (tags: LicenceHints["versionTags"]) =>
    tags.find(({ key, value }) => /^licen[cs]e$/i.test(key) && value.trim() !== "")?.value;
  const said: [string | undefined, string][] = [
    [tagged(versionTags), "version tag"],
    [tagged(modelTags), "model tag"],
    [metadata?.license ?? metadata?.licence, "ONNX metadata"],
  ];
  for (const [name, from] of said) if (name) return { name, from };
  return scanned ?? null;
}
