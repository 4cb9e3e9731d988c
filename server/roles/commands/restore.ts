import { stat } from "node:fs/promises";
import { parseArgs } from "node:util";
import { BackupError } from "#server/admin/backup/format.ts";
import { type RestoreSummary, restoreBackup } from "#server/admin/backup/restore-backup.ts";
import type { Config } from "#server/admin/settings/config.ts";
import { formatCount, formatDuration } from "#server/base/format-number.ts";
import { openStore } from "#server/platform/artifacts/open-store.ts";
import { openDataFolder } from "../start/data-folder.ts";
import { startDatabase } from "../start/database.ts";
import { untilConnected } from "../start/prepare-database.ts";
import type { Command } from "./command.ts";
import { describeKeys } from "./describe-keys.ts";
import { describeSize } from "./describe-size.ts";
import { explain } from "./explain.ts";
import { ProgressLine, say } from "./say.ts";

const usage = `Usage:
  npm run leeway -- restore FILE --live     The original no longer exists: the restored Leeway replaces it and notifies people.
  npm run leeway -- restore FILE --paused   The original may still run: nothing is sent, evaluated or deleted until "resume".`;

const timeoutMs = 15_000;

/** Restores a backup into an empty data folder or database. */
export const restore: Command = async (args, config) => {
  const { path, isPaused } = parse(args);
  const startedAt = performance.now();
  const { size } = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    throw new BackupError(`${path} cannot be read (${cause.code}).`, { cause });
  });
  await using opened = new AsyncDisposableStack();
  // Also with another Postgres: artifacts may lie in the folder.
  const lock = await openDataFolder(config.dataDir, !config.databaseUrl);
  opened.defer(lock.release);
  const database = await startDatabase(config, say);
  opened.defer(database.stop);
  await untilConnected(database.url, timeoutMs);
  const line = new ProgressLine();
  const summary = await restoreBackup({
    path,
    databaseUrl: database.url,
    location: config.artifacts,
    store: await openStore(config.artifacts),
    isPaused,
    progress: {
      stage: (name) => say(`${name}…`),
      bytes: (read) => line.show(() => `  ${describeSize(read)} of ${describeSize(size)}`),
    },
  }).catch((cause: unknown) => {
    throw explain(cause);
  });
  report(summary, { config, isPaused, sizeBytes: size, durationMs: performance.now() - startedAt });
};

function parse(args: string[]): { path: string; isPaused: boolean } {
  const options = { live: { type: "boolean" }, paused: { type: "boolean" } } as const;
  const read = () => {
    try {
      return parseArgs({ args, allowPositionals: true, options });
    } catch (cause) {
      throw new BackupError(`${(cause as Error).message}\n${usage}`);
    }
  };
  const { positionals, values } = read();
  const [path, ...others] = positionals;
  if (path === undefined || others.length > 0) throw new BackupError(usage);
  if (Boolean(values.live) === Boolean(values.paused)) throw new BackupError(`Choose --live or --paused.\n${usage}`);
  return { path, isPaused: Boolean(values.paused) };
}

interface Reported {
  config: Config;
  isPaused: boolean;
  sizeBytes: number;
  durationMs: number;
}

function report({ header, manifest, jobs }: RestoreSummary, reported: Reported): void {
  const { config, isPaused, sizeBytes, durationMs } = reported;
  const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
  say(`Restored the backup of ${header.createdAt} into ${config.databaseUrl ? "the database" : config.dataDir}.`);
  say(`  Rows       ${formatCount(rows)} in ${manifest.tables.length} tables; all digests are equal`);
  say(
    `  Artifacts  ${formatCount(manifest.artifacts.count)} files, ${header.artifacts === "copied" ? "copied" : "found in the store"}`,
  );
  say(`  Jobs       ${formatCount(jobs.added)} are queued again`);
  if (jobs.unknown > 0) say(`  Skipped   ${jobs.unknown} jobs of kinds that this version does not have`);
  say(`  Size       ${describeSize(sizeBytes)}`);
  say(`  Time       ${formatDuration(durationMs)}`);
  say("Restore these before you start:");
  for (const key of describeKeys(config)) say(`  ${key}`);
  say(
    isPaused
      ? 'Paused: the worker waits, so nothing is sent, evaluated or deleted. When the original no longer runs, run "npm run leeway -- resume".'
      : "Live: notifications that were pending at the time of the backup are sent after the start, and some may arrive twice.",
  );
}
