import { DomainError } from "#server/base/errors.ts";

const maxSegmentBytes = 255;
/** S3 allows keys of 1,024 bytes; the rest is for the workspace and a prefix. */
const maxPathBytes = 900;

/**
 * Segments of a path that came from outside, percent-decoded once. Empty for "".
 * Refused: whatever climbs, is absolute, names a drive or a URI, or would be another name on another system. The check also
 * looks at what further decoding would yield, because a proxy or client on the way may decode again.
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

/** Key in the artifact store of a file or folder of a workspace. */
export function artifactKey(workspaceId: string, segments: readonly string[]): string {
  return [workspaceId, ...segments].join("/");
}

/**
 * Segments of a key, for a store to build its own name from. Keys are validated where they are made; this is the last door.
 * @throws Error for what is no key: a bug, whoever made it.
 */
export function keySegments(key: string): string[] {
  const segments = key.split("/");
  const isReserved = (segment: string) => ["", ".", "..", ".incoming"].includes(segment) || segment.includes("\0");
  if (segments.length < 2 || segments.some(isReserved)) throw new Error("This is no key of an artifact.");
  return segments;
}

/** Segments of the key of a folder to be listed, which may be that of a whole workspace. @throws Error for what is no key. */
export function folderSegments(key: string): string[] {
  return /^[\w-]+$/.test(key) ? [key] : keySegments(key);
}

function invalidPath(): DomainError {
  return new DomainError("invalid", "Invalid path");
}

/** The path, decoded once, twice … until decoding changes nothing. */
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
