/** Kind of preview of a file: an image, text, or only a name to download. */
export type PreviewKind = "image" | "json" | "text" | "none";

/** Longer texts are shown in parts of this size. */
export const maxPreviewBytes = 256 * 1024;

const images = /\.(png|jpe?g|gif|webp|avif|svg)$/i;
const texts =
  /\.(txt|log|err|md|rst|csv|tsv|ya?ml|toml|ini|cfg|conf|properties|xml|html?|py|ipynb|js|ts|sh|sql|jsonl|env)$|^(MLmodel|MLproject|Dockerfile|LICENSE|README)$/i;

/** Reads the kind from the name alone: what a file really holds is not known before it is opened. */
export function previewKind(name: string): PreviewKind {
  if (images.test(name)) return "image";
  if (/\.json$/i.test(name)) return "json";
  return texts.test(name) ? "text" : "none";
}

/** Returns the URL of a file of a run. */
export function artifactAddress(runId: string, path: string): string {
  return `/get-artifact?run_id=${encodeURIComponent(runId)}&path=${encodeURIComponent(path)}`;
}

/** Formats text for reading: valid, complete JSON is split into lines. */
export function readable(text: string, kind: PreviewKind): string {
  if (kind !== "json") return text;
  try {
    const lines = JSON.stringify(JSON.parse(text), null, 2);
    // Short lists of plain values are read better in one line.
    return lines.replace(
      /\[\n([^[\]{}"]{1,500})\]/g,
      (_, items: string) =>
        `[${items
          .trim()
          .split("\n")
          .map((item) => item.trim())
          .join(" ")}]`,
    );
  } catch {
    return text;
  }
}

/** Returns each folder on the way to a path, the root first: "" , "plots", "plots/big". */
export function foldersTo(path: string): string[] {
  const segments = path.split("/").filter(Boolean);
  return segments.map((_, index) => segments.slice(0, index).join("/"));
}
