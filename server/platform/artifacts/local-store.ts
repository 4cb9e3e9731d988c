import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { DomainError } from "#server/base/errors.ts";
import { folderSegments, keySegments } from "./artifact-key.ts";
import { incomingName, removeAbandoned } from "./incoming.ts";
import { once, unconditionally } from "./replacement.ts";
import type { ArtifactEntry, ArtifactInfo, ArtifactStore, StoredBytes } from "./store.ts";
import { writeDurably } from "./write-durably.ts";

/** Name of the folder of half-written files. No workspace id looks like it. */
const incomingFolder = ".incoming";
/** Models and files of rows are large: fewer, larger reads take half the time. */
const chunkBytes = 256 * 2 ** 10;

/**
 * Opens an artifact store in a local folder, or in a file system that all machines mount. A file is written to a temporary name, synced to
 * disk and then renamed, so that it is either complete or missing.
 * @param root absolute path; created if missing. Partial files of dead processes are removed.
 */
export async function openLocalStore(root: string): Promise<ArtifactStore> {
  const incoming = join(root, incomingFolder);
  await mkdir(incoming, { recursive: true });
  await removeAbandoned(incoming);
  const pathOf = (key: string): string => join(root, ...keySegments(key));

  async function put(key: string, body: Readable, replacement = unconditionally): Promise<StoredBytes> {
    const path = pathOf(key);
    const temporary = join(incoming, incomingName(randomUUID()));
    try {
      const stored = await writeDurably(body, temporary);
      const replace = once(async () => {
        await makeFolders(dirname(path));
        await rename(temporary, path);
        await syncFolder(dirname(path));
      });
      await replacement(stored, replace);
      return stored;
    } catch (error) {
      throw explained(error);
    } finally {
      await rm(temporary, { force: true });
    }
  }

  async function statFile(key: string): Promise<ArtifactInfo> {
    const info = await stat(pathOf(key), { bigint: true }).catch(undefinedWhenMissing);
    if (!info?.isFile()) throw new DomainError("not-found", "Artifact not found.");
    // A replaced file is another inode, so that two contents written within one clock tick still differ.
    const etag = [info.ino, info.mtimeNs, info.size].map((part) => part.toString(36)).join("-");
    return { sizeBytes: Number(info.size), etag, storedAt: info.mtime };
  }

  async function list(key: string): Promise<ArtifactEntry[]> {
    const folder = join(root, ...folderSegments(key));
    const found = await readdir(folder, { withFileTypes: true }).catch(undefinedWhenMissing);
    const entries = (found ?? [])
      .filter((entry) => entry.isDirectory() || entry.isFile())
      .map(async (entry): Promise<ArtifactEntry> => {
        if (entry.isDirectory()) return { name: entry.name, isFolder: true };
        const info = await stat(join(folder, entry.name)).catch(undefinedWhenMissing);
        return { name: entry.name, isFolder: false, sizeBytes: info?.size ?? 0 };
      });
    return (await Promise.all(entries)).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  return {
    put,
    stat: statFile,
    list,
    async open(key, range) {
      await statFile(key);
      return createReadStream(pathOf(key), { ...range, highWaterMark: chunkBytes });
    },
    async remove(key) {
      await rm(pathOf(key), { recursive: true, force: true }).catch(undefinedWhenMissing);
    },
    async localPath(key) {
      await statFile(key);
      return pathOf(key);
    },
    check: () => checkFolder(root),
  };
}

/** Checks that a file can be created in the folder and removed again. */
async function checkFolder(folder: string): Promise<void> {
  const probe = join(folder, `.probe-${randomUUID()}`);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(probe, "");
    await rm(probe);
  } catch (cause) {
    throw new Error(`the folder cannot be written (${(cause as NodeJS.ErrnoException).code})`);
  }
}

/**
 * Creates a folder and its parents. Each new name is synced to disk in its parent because otherwise a crash could remove the complete
 * branch.
 */
async function makeFolders(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return;
  for (let made = folder; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made));
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  await handle.sync().finally(() => handle.close());
}

function undefinedWhenMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT" && error.code !== "ENOTDIR") throw error;
}

/** Translates file system errors that the caller can resolve. */
function explained(error: unknown): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case "EISDIR":
    case "ENOTEMPTY":
      return new DomainError("invalid", "A folder with this name already exists.", { cause: error });
    case "ENOTDIR":
    case "EEXIST":
      return new DomainError("invalid", "A file with this name exists where a folder is needed.", { cause: error });
    case "ENAMETOOLONG":
      return new DomainError("invalid", "The path is too long.", { cause: error });
    case "ENOSPC":
    case "EDQUOT":
      return new DomainError("unavailable", "The artifact disk is full. Free up space and upload the file again.", {
        cause: error,
        retryAfterSeconds: 60,
      });
    default:
      return error;
  }
}
