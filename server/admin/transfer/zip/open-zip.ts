import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { type Entry, openPromise } from "yauzl";
import { DomainError, isSystemError } from "#server/base/errors.ts";
import { formatCount } from "#server/base/format-number.ts";
import { limits } from "#server/base/limits.ts";

/** The list of files is in memory, about 300 bytes each. */
const maxEntries = 1_000_000;
/** Maximum size of a file that is read completely: a description, a param, a tag. */
const maxTextBytes = 2 ** 20;

export interface ZipEntry {
  path: string;
  sizeBytes: number;
  /** Checksum of the content; together with the size and the path it shows whether a file changed. */
  crc32: number;
  /** Whether anyone may execute it, where the zip was made on Unix. */
  isExecutable: boolean;
  open(): Promise<Readable>;
}

/** The files of a zip by their folders. Nothing is unpacked: files are read where they lie. */
export interface ZipFolder {
  /** Names directly in a folder; "" is the top. */
  list(folder: string): { files: string[]; folders: string[] };
  /** Files at any depth below a folder, in order of their paths. */
  below(folder: string): ZipEntry[];
  find(path: string): ZipEntry | undefined;
  /** A small file as text; undefined when there is none. @throws DomainError "too-large" beyond 1 MiB. */
  text(path: string): Promise<string | undefined>;
  close(): void;
}

/**
 * Opens a zip on this machine's disk.
 * @param maxBytes that its files may have together once unpacked, as a bound for what a small zip can cause.
 * @throws DomainError "invalid" for what is no whole zip, "too-large".
 */
export async function openZip(path: string, maxBytes: number): Promise<ZipFolder> {
  const zip = await openPromise(path, { autoClose: false }).catch(damaged);
  const entries = new Map<string, ZipEntry>();
  let [bytes, names] = [0, 0];
  try {
    for await (const entry of zip.eachEntry()) {
      bytes += entry.uncompressedSize;
      if (entries.size >= maxEntries || bytes > maxBytes) {
        throw new DomainError("too-large", "The zip has too many files or is too large. Split it.");
      }
      if (entry.fileName.endsWith("/") || entry.fileName.startsWith("__MACOSX/")) continue;
      names += entry.fileName.length;
      if (names > limits.zipPathsLength) throw new DomainError("too-large", "The zip has too many files. Split it.");
      checkPath(entry.fileName);
      if (entry.isEncrypted()) throw new DomainError("invalid", "Encrypted zip files are not supported.");
      entries.set(
        entry.fileName,
        toEntry(entry, (entry) => zip.openReadStreamPromise(entry)),
      );
    }
  } catch (error) {
    zip.close();
    if (error instanceof DomainError) throw error;
    damaged(error);
  }
  return { ...byFolders(entries), close: () => zip.close() };
}

/** Rejects paths whose folders would fill the memory: "a/a/a/…" has a folder every two characters, each with its complete path. */
function checkPath(path: string): void {
  let depth = 0;
  for (let at = path.indexOf("/"); at >= 0 && depth <= limits.zipPathDepth; at = path.indexOf("/", at + 1)) depth += 1;
  if (path.length <= limits.zipPathLength && depth <= limits.zipPathDepth) return;
  const start = `${path.slice(0, 60)}…`;
  throw new DomainError(
    "invalid",
    `The zip has a path with more than ${limits.zipPathDepth} folders or ${formatCount(limits.zipPathLength)} characters: "${start}".`,
  );
}

function toEntry(entry: Entry, open: (entry: Entry) => Promise<Readable>): ZipEntry {
  return {
    path: entry.fileName,
    sizeBytes: entry.uncompressedSize,
    crc32: entry.crc32,
    isExecutable: ((entry.externalFileAttributes >>> 16) & 0o111) !== 0,
    open: () => open(entry).catch(damaged),
  };
}

function damaged(cause: unknown): never {
  if (isSystemError(cause)) throw cause;
  const why = cause instanceof Error ? cause.message : String(cause);
  throw new DomainError("invalid", `Not a valid zip file: ${why}.`, { cause });
}

function byFolders(entries: Map<string, ZipEntry>): Omit<ZipFolder, "close"> {
  const folders = new Map<string, { files: string[]; folders: Set<string> }>();
  const folderOf = (path: string) => {
    const known = folders.get(path);
    if (known) return known;
    const made = { files: [], folders: new Set<string>() };
    folders.set(path, made);
    return made;
  };
  for (const path of entries.keys()) {
    const segments = path.split("/");
    folderOf(segments.slice(0, -1).join("/")).files.push(segments.at(-1) ?? "");
    for (let depth = segments.length - 2; depth >= 0; depth--) {
      const siblings = folderOf(segments.slice(0, depth).join("/")).folders;
      if (siblings.has(segments[depth] ?? "")) break;
      siblings.add(segments[depth] ?? "");
    }
  }
  const list = (folder: string) => {
    const { files, folders: inside } = folders.get(folder) ?? { files: [], folders: [] };
    return { files: [...files].sort(), folders: [...inside].sort() };
  };
  function below(folder: string): ZipEntry[] {
    const prefix = folder ? `${folder}/` : "";
    const { files, folders } = list(folder);
    const own = files.flatMap((name) => entries.get(prefix + name) ?? []);
    return [...own, ...folders.flatMap((name) => below(prefix + name))];
  }
  async function text(path: string): Promise<string | undefined> {
    const entry = entries.get(path);
    if (!entry) return undefined;
    if (entry.sizeBytes > maxTextBytes) throw new DomainError("too-large", `${path} is larger than 1\u00a0MiB.`);
    return (await buffer(await entry.open())).toString("utf8");
  }
  return { list, below, find: (path) => entries.get(path), text };
}
