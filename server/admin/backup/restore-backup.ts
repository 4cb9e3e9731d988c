import { readdir } from "node:fs/promises";
import type { Readable } from "node:stream";
import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import type { ClientBase } from "pg";
import { setConstraintsAside } from "#db/backup/bare-tables.ts";
import { openCopyClient } from "#db/backup/snapshot.ts";
import type { Database } from "#db/client.ts";
import { hasMigration, migrateWithin, newestMigration } from "#db/migrate.ts";
import * as schema from "#db/schema/index.ts";
import { artifactFiles, workspaces } from "#db/schema/index.ts";
import { systemContext } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { settleRestoredHistory } from "#server/develop/features/history/restored-history.ts";
import { holdPrefix } from "#server/platform/artifacts/artifact-hold.ts";
import type { ArtifactLocation } from "#server/platform/artifacts/artifact-location.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { record } from "#server/platform/audit/record.ts";
import { deleteLeases } from "#server/platform/heartbeats/lease.ts";
import { writeRestored } from "#server/platform/installation-state.ts";
import { installQueues } from "#server/platform/jobs/queue.ts";
import { type ArtifactLine, BackupError, type BackupHeader, type BackupManifest } from "./format.ts";
import { checkingOnly, readBackup } from "./read-backup.ts";
import { addJobs, loadRows, prepareTables, setSequences, verifyRows } from "./restore-rows.ts";

interface RestoreOptions {
  path: string;
  databaseUrl: string;
  location: ArtifactLocation;
  store: ArtifactStore;
  /** Whether the worker waits after the start, because the original may still run. */
  isPaused: boolean;
  progress: RestoreProgress;
}

interface RestoreProgress {
  /** Called for each stage: "Checking the backup". */
  stage(name: string): void;
  bytes(read: number): void;
}

export interface RestoreSummary {
  header: BackupHeader;
  manifest: BackupManifest;
  jobs: { added: number; unknown: number };
}

/**
 * Restores a backup into an empty database and an empty artifact store. Everything in the database happens in one transaction: it becomes
 * visible when all rows, files and digests were verified, or not at all.
 * @throws BackupError when the backup is damaged or too new, or the target is not empty; nothing has changed then
 */
export async function restoreBackup(options: RestoreOptions): Promise<RestoreSummary> {
  const { path, progress } = options;
  progress.stage("Checking the backup");
  const { header, manifest } = await readBackup(path, {
    ...checkingOnly,
    header: async (header) => requireKnownSchema(path, header),
    progress: progress.bytes,
  });
  await using opened = new AsyncDisposableStack();
  const client = await openCopyClient(options.databaseUrl, "leeway-restore");
  opened.defer(() => client.end().catch(() => {}));
  await requireEmptyDatabase(client);
  if (header.artifacts === "copied") await requireEmptyStore(options.location);
  // Commits on its own: the queue without jobs still counts as empty.
  await installQueues(options.databaseUrl);
  const db: Database = drizzle(client, { schema, casing: "snake_case" });
  const files = new Files(options.store);
  try {
    const jobs = await db.transaction(async (tx) => {
      await restoreWithin(client, tx, files, { header, manifest, ...options });
      progress.stage("Adding jobs that were waiting");
      return addJobs(client, header);
    });
    // Otherwise the first queries would be planned without knowing how large the tables are.
    progress.stage("Analysing tables");
    await client.query("analyze").catch(() => {});
    return { header, manifest, jobs };
  } catch (error) {
    await files.removeAll();
    throw error;
  }
}

interface Within extends RestoreOptions {
  header: BackupHeader;
  manifest: BackupManifest;
}

async function restoreWithin(client: ClientBase, tx: Database, files: Files, within: Within): Promise<void> {
  const { header, manifest, progress } = within;
  // One restore at a time; a second one then finds a database that is not empty.
  await client.query("select pg_advisory_xact_lock(hashtextextended('leeway restore', 0))");
  await requireEmptyDatabase(client);
  await client.query("set local maintenance_work_mem = '256MB'");
  await migrateWithin(tx, header.schema.migration);
  const aside = await setConstraintsAside(client);
  await prepareTables(client, header);
  progress.stage("Loading rows and files");
  await readBackup(within.path, {
    table: (name, rows) => loadRows(client, header, name, rows),
    file: (key, sizeBytes, content) => files.put(key, sizeBytes, content),
    reference: (line) => files.require(line),
    progress: progress.bytes,
  });
  await setSequences(client, manifest.sequences);
  progress.stage("Building indexes and checking references");
  for (const statement of aside.statements) await client.query(statement);
  progress.stage("Verifying rows");
  for (const expected of manifest.tables) await verifyRows(client, header, expected);
  progress.stage("Migrating to this version");
  await settle(tx, within);
  await migrateWithin(tx);
  await settleRestoredHistory(tx);
  await announce(tx, within);
}

/** Makes rows agree with what was copied after the snapshot, and removes what belonged to the backup itself. */
async function settle(tx: Database, { manifest }: Within): Promise<void> {
  const { replaced, deleted } = manifest.artifacts;
  for (const { key, sizeBytes, sha256 } of replaced) {
    await tx.update(artifactFiles).set({ sizeBytes, sha256 }).where(sql`${artifactFiles.key} = ${key}`);
  }
  for (const key of deleted) await tx.delete(artifactFiles).where(sql`${artifactFiles.key} = ${key}`);
  await deleteLeases(tx, holdPrefix);
}

async function announce(tx: Database, { header, isPaused }: Within): Promise<void> {
  const { createdAt } = header;
  await writeRestored(tx, { restoredAt: new Date().toISOString(), createdAt, isPaused });
  const rows = await tx.select({ id: workspaces.id }).from(workspaces);
  for (const { id } of rows) {
    await record(systemContext(tx, id, "restore"), "installation.restored", {
      subject: "installation",
      after: { createdAt, isPaused },
    });
  }
}

function requireKnownSchema(path: string, { schema: { migration } }: BackupHeader): void {
  if (migration > newestMigration()) {
    throw new BackupError(`${path} was written by a newer version of Leeway. Restore it with that version.`);
  }
  if (!hasMigration(migration)) {
    throw new BackupError(`${path} was written by an unknown version of Leeway. Restore it with that version.`);
  }
}

async function requireEmptyDatabase(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ name: string }>(`
    select format('%I.%I', relnamespace::regnamespace, relname) as name from pg_class
    where relkind in ('r', 'p', 'v', 'm', 'f') and relnamespace::regnamespace::text in ('public', 'drizzle')
      and not exists (select from pg_depend where classid = 'pg_class'::regclass and objid = pg_class.oid and deptype = 'e')
    order by relkind = 'p' desc, 1`);
  if (rows.length > 0) {
    const holds = await describeContent(
      client,
      rows.map(({ name }) => name),
    );
    throw new BackupError(
      `The database is not empty: it has ${rows.length} tables${holds}. Restore into a new DATA_DIR or database.`,
    );
  }
  const { rows: queue } = await client.query("select to_regclass('pgboss.job') is not null as exists");
  if (!queue[0].exists) return;
  const { rows: jobs } = await client.query("select count(*)::int as count from pgboss.job");
  if (jobs[0].count > 0) {
    throw new BackupError(
      `The database is not empty: its queue has ${jobs[0].count} jobs. Restore into a new database.`,
    );
  }
}

/** Names what a person recognises: people and runs of an installation, or another program's tables. */
async function describeContent(client: ClientBase, names: readonly string[]): Promise<string> {
  if (!["public.workspaces", "public.users", "public.runs"].every((name) => names.includes(name))) {
    return `, such as ${names.slice(0, 3).join(", ")}`;
  }
  const { rows } = await client.query(
    "select (select count(*) from workspaces) as workspaces, (select count(*) from users) as users, (select count(*) from runs) as runs",
  );
  return ` of a Leeway with ${rows[0].workspaces} workspaces, ${rows[0].users} people and ${rows[0].runs} runs`;
}

async function requireEmptyStore(location: ArtifactLocation): Promise<void> {
  if (location.kind === "bucket") return;
  const names = await readdir(location.path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
    return [];
  });
  const found = names.filter((name) => !name.startsWith("."));
  if (found.length > 0) {
    throw new BackupError(
      `The artifact folder ${location.path} is not empty: it has ${found.length} entries, such as "${found[0]}". Move them away, or set ARTIFACT_DIR to another folder.`,
    );
  }
}

/** The files of a restore: put into the store, or required to be there. */
class Files {
  private readonly store: ArtifactStore;
  private readonly keys = new Set<string>();

  constructor(store: ArtifactStore) {
    this.store = store;
  }

  async put(key: string, sizeBytes: number, content: Readable): Promise<void> {
    // The folder of a workspace and a part of it: few, whatever the number of files.
    this.keys.add(key.split("/").slice(0, 2).join("/"));
    const stored = await this.store.put(key, content);
    if (stored.sizeBytes !== sizeBytes) throw new BackupError(`The file "${key}" is truncated.`);
  }

  async require({ key, sizeBytes }: ArtifactLine): Promise<void> {
    const found = await this.store.stat(key).catch((error: unknown) => {
      if (!(error instanceof DomainError && error.code === "not-found")) throw error;
      return undefined;
    });
    if (found?.sizeBytes === sizeBytes) return;
    const what = found ? `has ${found.sizeBytes} bytes instead of ${sizeBytes}` : "is missing";
    throw new BackupError(
      `The artifact "${key}" ${what} in the store. The backup contains no files: make the original store, or a copy of it, available.`,
    );
  }

  /** Removes what was put, after a failure. */
  async removeAll(): Promise<void> {
    for (const key of this.keys) await this.store.remove(key).catch(() => {});
  }
}
