import { createReadStream } from "node:fs";
import { open, rm } from "node:fs/promises";
import type { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { sql } from "drizzle-orm";
import { type CopiedRows, openSnapshot, type Snapshot } from "#db/backup/snapshot.ts";
import { jobTable } from "#db/backup/tables.ts";
import type { Database } from "#db/client.ts";
import { newestMigration } from "#db/migrate.ts";
import { holdArtifacts } from "#server/platform/artifacts/artifact-hold.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { copyArtifacts } from "./copy-artifacts.ts";
import { Digest, sha256 } from "./digest.ts";
import {
  ArtifactLine,
  type ArtifactMode,
  BackupError,
  BackupHeader,
  type BackupManifest,
  entryNames,
  formatName,
  formatVersion,
  type TableDigest,
} from "./format.ts";
import { manifestDigestLine } from "./read-backup.ts";
import { TarWriter } from "./tar-writer.ts";

interface BackupOptions {
  databaseUrl: string;
  /** Connection for rows outside the snapshot. */
  db: Database;
  store: ArtifactStore;
  artifacts: ArtifactMode;
  output: Writable;
  /** File for the list of artifacts while rows are read; removed at the end. */
  listFile: string;
  signal: AbortSignal;
  progress: BackupProgress;
}

/** Callbacks after each table and file. The backup waits for what they return. */
export interface BackupProgress {
  tables(done: number, total: number, bytes: number): unknown;
  files(done: number, bytes: number): unknown;
}

export interface BackupSummary {
  header: BackupHeader;
  manifest: BackupManifest;
  /** How long Postgres had to keep old versions of rows. */
  snapshotMs: number;
  /** Tables of the database that are not Leeway's. */
  foreign: string[];
}

/** Files whose removal had been decided before the snapshot are no longer used by any row. */
const listQuery = `select json_build_object('key', key, 'sizeBytes', size_bytes, 'sha256', sha256)::text
  from artifact_files file
  where not exists (
    select from artifact_releases release
    where release.workspace_id = file.workspace_id and release.removing_at is not null
      and (key = prefix or starts_with(key, prefix || '/')))
  order by key collate "C"`;

/**
 * Writes a backup of one moment while Leeway runs: rows from a snapshot, then the files that they name. Ends the output, or leaves it without a
 * manifest when it fails.
 */
export async function writeBackup(options: BackupOptions): Promise<BackupSummary> {
  const { db, store, artifacts: mode, output, listFile, signal } = options;
  const { rows: found } = await db.execute(sql`select to_regclass('public.system_values') is not null as "isLeeway"`);
  if (!found[0]?.isLeeway)
    throw new BackupError("The database contains no Leeway data. Check DATABASE_URL or DATA_DIR.");
  // Before the snapshot: from here on, files of its rows are not collected.
  const hold = await holdArtifacts(db);
  const tar = new TarWriter(output, signal);
  try {
    const startedAt = performance.now();
    const snapshot = await openSnapshot(options.databaseUrl);
    let rows: { header: BackupHeader; tables: TableDigest[] };
    try {
      if (snapshot.schema.migration > newestMigration()) {
        throw new BackupError(
          "The database was migrated by a newer version of Leeway. Use the backup command of that version.",
        );
      }
      rows = await writeRows(snapshot, tar, options);
      await writeList(await snapshot.copyQuery(listQuery), listFile);
    } finally {
      await snapshot.close();
    }
    const snapshotMs = performance.now() - startedAt;
    let [done, bytes] = [0, 0];
    const onFile = async (sizeBytes: number) => {
      signal.throwIfAborted();
      done += 1;
      bytes += sizeBytes;
      await options.progress.files(done, bytes);
    };
    const artifacts = await copyArtifacts(mode, { db, store, tar, lines: readList(listFile), onFile });
    const { header, tables } = rows;
    const manifest: BackupManifest = {
      headerSha256: sha256(formatJson(header)),
      tables,
      sequences: snapshot.sequences,
      artifacts,
    };
    const text = formatJson(manifest);
    await tar.add(entryNames.manifest, text);
    await tar.add(entryNames.manifestDigest, Buffer.from(manifestDigestLine(text)));
    await tar.end();
    return { header, manifest, snapshotMs, foreign: snapshot.found.foreign };
  } catch (error) {
    await tar.abort(error as Error);
    throw error;
  } finally {
    await rm(listFile, { force: true });
    await hold.release().catch(() => {});
  }
}

async function writeRows(
  snapshot: Snapshot,
  tar: TarWriter,
  { artifacts, progress, signal }: BackupOptions,
): Promise<{ header: BackupHeader; tables: TableDigest[] }> {
  const { found, jobs } = snapshot;
  const header = BackupHeader.parse({
    format: formatName,
    version: formatVersion,
    createdAt: snapshot.takenAt.toISOString(),
    schema: snapshot.schema,
    serverVersion: snapshot.serverVersion,
    tables: found.tables.map(({ name, columns }) => ({ name, columns })),
    partitions: found.partitions,
    jobs,
    artifacts,
  });
  await tar.add(entryNames.header, formatJson(header));
  const digests: TableDigest[] = [];
  const add = async (name: string, rows: CopiedRows | undefined) => {
    signal.throwIfAborted();
    const digest = new Digest();
    if (rows) {
      await tar.addParts(entryNames.tables + name, digest.pass(rows.chunks));
      const count = await rows.finish();
      if (count !== digest.rows) throw new Error(`${name} has ${count} rows, but ${digest.rows} were received.`);
    }
    digests.push({ name, rows: digest.rows, bytes: digest.bytes, sha256: digest.end() });
    const bytes = digests.reduce((sum, each) => sum + each.bytes, 0);
    await progress.tables(digests.length, found.tables.length + 1, bytes);
  };
  for (const table of found.tables) await add(table.name, await snapshot.copyTable(table));
  if (jobs.length > 0) await add(jobTable, await snapshot.copyJobs());
  return { header, tables: digests };
}

async function writeList(rows: CopiedRows, listFile: string): Promise<void> {
  const handle = await open(listFile, "w", 0o600);
  await pipeline(rows.chunks, handle.createWriteStream());
  await rows.finish();
}

/** Reads the list back. COPY doubles backslashes, and JSON holds no other character that it escapes. */
async function* readList(listFile: string): AsyncGenerator<ArtifactLine> {
  let rest = "";
  for await (const text of createReadStream(listFile, "utf8")) {
    const lines = `${rest}${text}`.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield ArtifactLine.parse(JSON.parse(line.replaceAll("\\\\", "\\")));
  }
}

function formatJson(value: object): Buffer {
  return Buffer.from(`${JSON.stringify(value, null, 1)}\n`);
}
