import type { Licence } from "./contract.ts";

interface LicenceHints {
  versionTags: readonly { key: string; value: string }[];
  modelTags: readonly { key: string; value: string }[];
  /** Metadata of the ONNX file. */
  metadata: Record<string, string> | undefined;
  /** What the scan read in the version's files. */
  scanned: Licence | null | undefined;
}

/** The licence of a version: what people said goes before what its files say. */
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
