import { createHash, randomUUID } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { basename, dirname, join, posix } from "node:path";
import { pipeline } from "node:stream/promises";
import { minuteMs } from "#server/base/durations.ts";
import { DomainError } from "#server/base/errors.ts";
import { incomingName, removeAbandoned } from "../incoming.ts";
import type { ArtifactStore } from "../store.ts";

/** Time for which a returned path is protected from eviction: its caller reads it immediately. */
const inUseMs = 15 * minuteMs;

/** One file of an entry, as it was when it was copied. Without an etag it was missing in the bucket. */
interface CopiedFile {
  name: string;
  etag?: string;
  sizeBytes: number;
  sha256: string;
}

/** Space for one copy under way. */
interface Room {
  take(bytes: number): void;
  giveBack(): void;
}

type Source = Pick<ArtifactStore, "stat" | "open">;

/**
 * Local copies of files, for consumers that need paths. An entry is a folder with one file and the files that must be next to it. Several
 * processes share the cache: an entry appears atomically, by a rename. Every use compares it with the bucket and its own digest.
 */
export class FileCache {
  private readonly source: Source;
  private readonly folder: string;
  private readonly maxBytes: number;
  private readonly fetching = new Map<string, Promise<string>>();
  /** Bytes of copies that this process is making; they are no entries yet. */
  private copyingBytes = 0;

  private constructor(source: Source, folder: string, maxBytes: number) {
    this.source = source;
    this.folder = folder;
    this.maxBytes = maxBytes;
  }

  /** Opens the cache. @param options.folder absolute path; created if missing. Abandoned partial files in it are removed. */
  static async open(source: Source, { folder, maxBytes }: { folder: string; maxBytes: number }): Promise<FileCache> {
    await mkdir(join(folder, ".incoming"), { recursive: true });
    await removeAbandoned(join(folder, ".incoming"));
    return new FileCache(source, folder, maxBytes);
  }

  /**
   * Returns the path of a copy of the file. The least recently used copies are evicted if the cache exceeds its limit.
   * @throws DomainError "not-found", "unavailable" if it is larger than the limit of the complete cache.
   */
  async fetch(key: string, findBeside?: (path: string) => Promise<string[]>): Promise<string> {
    const { etag } = await this.source.stat(key);
    // A copy without companion files differs from one with them.
    const cacheKey = `${key}\0${etag}${findBeside ? "" : "\0alone"}`;
    const entry = createHash("sha256").update(cacheKey).digest("hex");
    const before = this.fetching.get(entry);
    if (before) return before;
    const fetched = this.fetchEntry(entry, key, findBeside).finally(() => this.fetching.delete(entry));
    this.fetching.set(entry, fetched);
    return fetched;
  }

  private async fetchEntry(
    entry: string,
    key: string,
    findBeside: (path: string) => Promise<string[]> = async () => [],
  ): Promise<string> {
    const target = join(this.folder, entry);
    const path = join(target, "files", basename(key));
    if (await this.isIntact(target, key)) {
      const now = new Date();
      await utimes(target, now, now);
      return path;
    }
    await rm(target, { recursive: true, force: true });
    const incoming = join(this.folder, ".incoming", incomingName(randomUUID()));
    const room = this.newRoom();
    try {
      const copied = [await this.copy(key, basename(key), incoming, room)];
      for (const name of await findBeside(join(incoming, "files", basename(key)))) {
        copied.push(await this.copy(key, name, incoming, room));
      }
      await writeFile(join(incoming, "manifest.json"), JSON.stringify(copied));
      await rename(incoming, target).catch((error: NodeJS.ErrnoException) => {
        // Another process was first.
        if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
      });
    } finally {
      room.giveBack();
      await rm(incoming, { recursive: true, force: true });
    }
    return path;
  }

  /** Copies the file of that name beside the key's. One that is not in the bucket is noted as missing, unless it is the key's own. */
  private async copy(key: string, name: string, incoming: string, room: Room): Promise<CopiedFile> {
    const from = posix.join(posix.dirname(key), name);
    const info = await (from === key ? this.source.stat(from) : this.source.stat(from).catch(undefinedIfMissing));
    if (!info) return { name, sizeBytes: 0, sha256: "" };
    room.take(info.sizeBytes);
    await this.makeRoom(info.sizeBytes);
    const path = join(incoming, "files", name);
    await mkdir(dirname(path), { recursive: true });
    await pipeline(await this.source.open(from), createWriteStream(path, { flags: "wx" }));
    const { size } = await stat(path);
    if (size !== info.sizeBytes)
      throw new DomainError("unavailable", "A file changed while it was being copied. Try again.");
    return { name, ...info, sha256: await digestOf(path) };
  }

  /**
   * Returns whether an entry exists, undamaged and equal to the bucket's version. A bucket that does not answer says nothing about it, and
   * the entry stays: it may be in use.
   */
  private async isIntact(target: string, key: string): Promise<boolean> {
    const manifest = await readManifest(target);
    for (const { name, etag, sha256 } of manifest ?? []) {
      const inBucket = await this.source.stat(posix.join(posix.dirname(key), name)).catch(undefinedIfMissing);
      if (inBucket?.etag !== etag) return false;
      if (etag !== undefined && (await digestOf(join(target, "files", name)).catch(() => "")) !== sha256) return false;
    }
    return manifest !== undefined;
  }

  private newRoom(): Room {
    let taken = 0;
    return {
      take: (bytes) => {
        taken += bytes;
        this.copyingBytes += bytes;
      },
      giveBack: () => {
        this.copyingBytes -= taken;
        taken = 0;
      },
    };
  }

  /** Evicts entries until all copies fit, those under way included. */
  private async makeRoom(bytes: number): Promise<void> {
    if (bytes > this.maxBytes) {
      throw new DomainError(
        "unavailable",
        `The file has ${bytes} bytes, but ARTIFACT_CACHE_BYTES limits the cache to ${this.maxBytes}.`,
      );
    }
    const names = (await readdir(this.folder)).filter((name) => name !== ".incoming");
    const entries = await Promise.all(names.map((name) => measure(join(this.folder, name))));
    let total = this.copyingBytes + entries.reduce((sum, entry) => sum + entry.sizeBytes, 0);
    for (const entry of entries.sort((a, b) => a.usedAtMs - b.usedAtMs)) {
      if (total <= this.maxBytes || Date.now() - entry.usedAtMs < inUseMs) break;
      await rm(entry.path, { recursive: true, force: true });
      total -= entry.sizeBytes;
    }
  }
}

function undefinedIfMissing(error: unknown): undefined {
  if (!(error instanceof DomainError) || error.code !== "not-found") throw error;
}

async function measure(path: string): Promise<{ path: string; sizeBytes: number; usedAtMs: number }> {
  const manifest = (await readManifest(path)) ?? [];
  const usedAtMs = await stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
  return { path, usedAtMs, sizeBytes: manifest.reduce((sum, file) => sum + file.sizeBytes, 0) };
}

async function readManifest(target: string): Promise<CopiedFile[] | undefined> {
  const text = await readFile(join(target, "manifest.json"), "utf8").catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as CopiedFile[]);
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) hash.update(chunk);
  return hash.digest("hex");
}
