const plain = new Set(
  "txt log err cfg conf cnf cf ini properties prop hocon toml yaml yml xml json js py py3 csv tsv md rst".split(" "),
);
const plainNames = new Set(["MLmodel", "MLproject"]);
/** Content types that a browser may display; all other files are sent as bytes. */
const known: Record<string, string> = {
  html: "text/html",
  css: "text/css",
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  svg: "image/svg+xml",
  webp: "image/webp",
  bmp: "image/bmp",
  ico: "image/vnd.microsoft.icon",
  tif: "image/tiff",
  tiff: "image/tiff",
  pdf: "application/pdf",
  zip: "application/zip",
  gz: "application/gzip",
  tar: "application/x-tar",
  wav: "audio/x-wav",
  mp3: "audio/mpeg",
  mp4: "video/mp4",
  webm: "video/webm",
};

/** Returns the content type of a file by its name, as MLflow does: human-readable files are plain text, JSON included. */
export function contentTypeOf(name: string): string {
  const extension = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? "";
  if (plain.has(extension) || plainNames.has(name)) return "text/plain";
  return Object.hasOwn(known, extension) ? (known[extension] as string) : "application/octet-stream";
}

/**
 * Returns a Content-Disposition that makes a browser save a file instead of running it. A name with special characters is quoted, and
 * a non-ASCII one is encoded by RFC 6266 alongside a readable ASCII fallback.
 */
export function attachment(name: string): string {
  if (/^[A-Za-z0-9!#$&+.^_`|~-]+$/.test(name)) return `attachment; filename=${name}`;
  const ascii = name.replaceAll(/[^\x20-\x7e]/g, "_").replaceAll(/["\\]/g, "\\$&");
  const encoded = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
