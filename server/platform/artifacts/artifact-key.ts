import { DomainError } from "#server/base/errors.ts";

const maxSegmentBytes = 255;
/** S3 allows keys of 1,024 bytes; the rest is for the workspace and a prefix. */
const maxPathBytes = 900;

/**
 * Parses the segments of a path from outside, percent-decoded once. Empty for "".
 * Rejects paths that climb, are absolute, name a drive or a URI, or would be another name on another system. The check also
 * covers the results of further decoding, because a proxy or client on the way may decode again.
 * @throws DomainError "invalid"
 */
export function parseArtifactPath(path: string): string[] {
  if (path === "") return [];
  if (path.length > maxPathBytes || Buffer.byteLength(path) > maxPathBytes) throw invalidPath();
  for (const form of decodedForms(path)) {
    if (!isSafe(form)) throw invalidPath();
  }
  return path.split("/");
}

/** Returns the key in the artifact store of a file or folder of a workspace. */
export function artifactKey(workspaceId: string, segments: readonly string[]): string {
  return [workspaceId, ...segments].join("/");
}

/**
 * Splits a key into segments, from which a store builds its own name. Keys are validated where they are created; this is the last check.
 * @throws Error for an invalid key: a bug in the code that created it.
 */
export function keySegments(key: string): string[] {
  const segments = key.split("/");
  const isReserved = (segment: string) => ["", ".", ".."].includes(segment) || segment.includes("\0");
  // Beside the folders of the workspaces lies that of half-written files.
  if (segments.length < 2 || segments[0] === ".incoming" || segments.some(isReserved))
    throw new Error("Invalid artifact key.");
  return segments;
}

/** Returns the segments of a folder's key for listing, which may be the key of a complete workspace. @throws Error for an invalid key. */
export function folderSegments(key: string): string[] {
  return /^[\w-]+$/.test(key) ? [key] : keySegments(key);
}

function invalidPath(): DomainError {
  return new DomainError("invalid", "Invalid path");
}

/** Returns the path decoded repeatedly, until decoding changes nothing. */
function decodedForms(path: string): string[] {
  const forms = [path];
  for (let form = decode(path); form !== forms.at(-1); form = decode(form)) forms.push(form);
  return forms;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // A lone "%" is part of a name.
  }
}

function isSafe(path: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\u0000-\u001f\u007f\\#]/.test(path)) return false;
  if (/^([a-z]:|file:|[a-z][a-z0-9+.-]*:\/)/i.test(path)) return false;
  return path
    .split("/")
    .every((segment) => !["", ".", ".."].includes(segment) && Buffer.byteLength(segment) <= maxSegmentBytes);
}
