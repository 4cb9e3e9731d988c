import { type FileHandle, open } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { eq } from "drizzle-orm";
import pLimit from "p-limit";
import type { Database } from "#db/client.ts";
import { artifactFiles } from "#db/schema/index.ts";
import { DomainError } from "#server/base/errors.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { Digest } from "./digest.ts";
import { type ArtifactLine, type ArtifactMode, type BackupManifest, entryNames } from "./format.ts";
import type { TarWriter } from "./tar-writer.ts";

/** Files between two lists, well below what a reader accepts. */
const listLines = 5_000;
/** Requests to a bucket at the same time. */
const concurrency = 8;
/** A file is stored before its row: for that moment they differ. */
const rowAttempts = 20;
const rowAttemptMs = 250;

interface Source {
  db: Database;
  store: ArtifactStore;
  tar: TarWriter;
  /** The files of the snapshot. */
  lines: AsyncIterable<ArtifactLine>;
  onFile(sizeBytes: number): Promise<void>;
}

/**
 * Adds the files that rows of the snapshot name, or their digests only. A file that was replaced or deleted after the snapshot comes as it is
 * when its turn comes, and is recorded as such: the store has no earlier content of it.
 */
export async function copyArtifacts(mode: ArtifactMode, source: Source): Promise<BackupManifest["artifacts"]> {
  const result = {
    count: 0,
    bytes: 0,
    replaced: [] as ArtifactLine[],
    deleted: [] as string[],
    damaged: [] as string[],
  };
  const digest = new Digest();
  let pending: ArtifactLine[] = [];
  let lists = 0;
  const flush = async () => {
    if (pending.length === 0) return;
    const text = Buffer.from(pending.map((line) => `${JSON.stringify(line)}\n`).join(""));
    digest.update(text);
    pending = [];
    lists += 1;
    await source.tar.addPart(entryNames.list, lists, text);
  };
  const keep = async (line: ArtifactLine) => {
    pending.push(line);
    result.count += 1;
    result.bytes += line.sizeBytes;
    await source.onFile(line.sizeBytes);
    if (pending.length >= listLines) await flush();
  };
  const place = mode === "copied" ? copyFile : checkFile;
  for await (const batch of inBatches(source.lines, mode === "copied" ? 1 : listLines)) {
    const limit = pLimit(concurrency);
    const found = await Promise.all(batch.map((line) => limit(() => place(line, source))));
    for (const [index, state] of found.entries()) {
      const { key } = batch[index] as ArtifactLine;
      if (state.line) await keep(state.line);
      if (state.line && state.is === "replaced") result.replaced.push(state.line);
      if (state.is === "deleted") result.deleted.push(key);
      if (state.is === "damaged") result.damaged.push(key);
    }
  }
  await flush();
  return { ...result, sha256: digest.end() };
}

interface Placed {
  is: "same" | "replaced" | "deleted" | "damaged";
  /** Undefined for a file that does not exist. */
  line?: ArtifactLine;
}

async function copyFile(expected: ArtifactLine, source: Source): Promise<Placed> {
  const handle = await openFile(source.store, expected.key);
  if (!handle) return { is: await whyMissing(expected, source) };
  try {
    // An open file keeps its content: a new one replaces it under its name.
    const { size: sizeBytes } = await handle.stat();
    const digest = new Digest();
    // Closes the file at its end.
    const content = handle.createReadStream();
    content.on("data", (chunk) => digest.update(chunk as Buffer));
    await source.tar.addFile(entryNames.files + expected.key, sizeBytes, content);
    const line = { key: expected.key, sizeBytes, sha256: digest.end() };
    return { is: await compare(expected, line, source), line };
  } finally {
    await handle.close();
  }
}

/** Checks that a file is in the store with its size. */
async function checkFile(expected: ArtifactLine, source: Source): Promise<Placed> {
  const found = await source.store.stat(expected.key).catch(undefinedWhenMissing);
  if (!found) return { is: await whyMissing(expected, source) };
  if (found.sizeBytes === expected.sizeBytes) return { is: "same", line: expected };
  const current = await currentRow(source.db, expected.key);
  const line = current ?? { ...expected, sizeBytes: found.sizeBytes, sha256: null };
  return { is: current?.sizeBytes === found.sizeBytes ? "replaced" : "damaged", line };
}

async function compare(expected: ArtifactLine, found: ArtifactLine, { db }: Source): Promise<Placed["is"]> {
  if (expected.sha256 === null || expected.sha256 === found.sha256) return "same";
  for (let attempt = 0; attempt < rowAttempts; attempt++) {
    const current = await currentRow(db, expected.key);
    // It was replaced, once or more, or deleted while it was read.
    if (current?.sha256 !== expected.sha256) return "replaced";
    await pause(rowAttemptMs);
  }
  return "damaged";
}

/** A file without a row was deleted by someone; one that has its row was lost. */
async function whyMissing({ key }: ArtifactLine, { db }: Source): Promise<"deleted" | "damaged"> {
  for (let attempt = 0; attempt < rowAttempts; attempt++) {
    if (!(await currentRow(db, key))) return "deleted";
    await pause(rowAttemptMs);
  }
  return "damaged";
}

async function currentRow(db: Database, key: string): Promise<ArtifactLine | undefined> {
  const [row] = await db
    .select({ key: artifactFiles.key, sizeBytes: artifactFiles.sizeBytes, sha256: artifactFiles.sha256 })
    .from(artifactFiles)
    .where(eq(artifactFiles.key, key));
  return row;
}

async function openFile(store: ArtifactStore, key: string): Promise<FileHandle | undefined> {
  const path = await store.localPath(key).catch(undefinedWhenMissing);
  if (path === undefined) return undefined;
  return open(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT" && error.code !== "ENOTDIR") throw error;
    return undefined;
  });
}

function undefinedWhenMissing(error: unknown): undefined {
  if (!(error instanceof DomainError && error.code === "not-found")) throw error;
}

async function* inBatches<Item>(items: AsyncIterable<Item>, size: number): AsyncGenerator<Item[]> {
  let batch: Item[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
