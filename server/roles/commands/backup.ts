import { tmpdir } from "node:os";
import { parseArgs } from "node:util";
import { openDatabase } from "#db/client.ts";
import { type ArtifactMode, BackupError } from "#server/admin/backup/format.ts";
import { checkingOnly, readBackup } from "#server/admin/backup/read-backup.ts";
import { type BackupSummary, writeBackup } from "#server/admin/backup/write-backup.ts";
import type { Config } from "#server/admin/settings/config.ts";
import { formatCount, formatDuration } from "#server/base/format-number.ts";
import { openStore } from "#server/platform/artifacts/open-store.ts";
import type { Command } from "./command.ts";
import { connectInstallation } from "./connect-installation.ts";
import { describeKeys } from "./describe-keys.ts";
import { describeSize } from "./describe-size.ts";
import { explain } from "./explain.ts";
import { openOutput } from "./output-file.ts";
import { ProgressLine, say } from "./say.ts";

const usage = `Usage:
  npm run leeway -- backup FILE-OR-FOLDER [--artifacts copy|reference]
  npm run leeway -- backup verify FILE`;

/** Backs up the installation while it runs, or verifies a backup. */
export const backup: Command = async (args, config) => {
  const { positionals, values } = parse(args);
  const [first, second, ...others] = positionals;
  if (first === "verify" && second !== undefined && others.length === 0) return verify(second);
  if (first === undefined || second !== undefined) throw new BackupError(usage);
  await write(first, artifactMode(values.artifacts, config), config);
};

function parse(args: string[]) {
  try {
    return parseArgs({ args, allowPositionals: true, options: { artifacts: { type: "string" } } });
  } catch (cause) {
    throw new BackupError(`${(cause as Error).message}\n${usage}`);
  }
}

function artifactMode(value: string | undefined, { artifacts }: Config): ArtifactMode {
  const isBucket = artifacts.kind === "bucket";
  if (value === "reference" || (value === undefined && isBucket)) return "reference";
  if (value !== undefined && value !== "copy")
    throw new BackupError(`--artifacts: must be "copy" or "reference".\n${usage}`);
  if (isBucket) {
    throw new BackupError(
      "--artifacts: files of a bucket are backed up by reference. Use the bucket's own versions or copies.",
    );
  }
  return "copied";
}

async function write(target: string, artifacts: ArtifactMode, config: Config): Promise<void> {
  const startedAt = performance.now();
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
    process.once(signal, () => stop.abort(new BackupError("The backup was interrupted. Nothing was written.")));
  }
  await using opened = new AsyncDisposableStack();
  const output = await openOutput(target, tmpdir());
  let isComplete = false;
  opened.defer(async () => {
    if (!isComplete) await output.discard();
  });
  const { url, close } = await connectInstallation(config, say);
  opened.defer(close);
  const database = openDatabase(url, { max: 2, name: "leeway-backup-control", timeoutMs: 15_000 });
  opened.defer(database.close);
  const line = new ProgressLine();
  const summary = await writeBackup({
    databaseUrl: url,
    db: database.db,
    store: await openStore(config.artifacts),
    artifacts,
    output: output.stream,
    listFile: `${output.besidePath}.list`,
    signal: stop.signal,
    progress: {
      tables: (done, total, bytes) => line.show(() => `Rows: ${done} of ${total} tables, ${describeSize(bytes)}`),
      files: (done, bytes) => line.show(() => `Artifacts: ${formatCount(done)} files, ${describeSize(bytes)}`),
    },
  }).catch((cause: unknown) => {
    throw stop.signal.aborted ? stop.signal.reason : explain(cause);
  });
  const sizeBytes = "bytesWritten" in output.stream ? Number(output.stream.bytesWritten) : undefined;
  await output.complete();
  isComplete = true;
  report(output.path, { ...summary, sizeBytes, durationMs: performance.now() - startedAt }, config);
}

function report(
  path: string,
  {
    header,
    manifest,
    snapshotMs,
    foreign,
    sizeBytes,
    durationMs,
  }: BackupSummary & { sizeBytes: number | undefined; durationMs: number },
  config: Config,
): void {
  const { artifacts, tables } = manifest;
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const bytes = tables.reduce((sum, table) => sum + table.bytes, 0);
  const place = header.artifacts === "copied" ? "inside" : "by reference: back up the bucket or folder, too";
  say(`Backup of ${header.createdAt} written to ${path === "-" ? "standard output" : path}.`);
  say(`  Rows       ${formatCount(rows)} in ${tables.length} tables, ${describeSize(bytes)} as text`);
  say(`  Artifacts  ${formatCount(artifacts.count)} files, ${describeSize(artifacts.bytes)}, ${place}`);
  if (sizeBytes !== undefined) say(`  Size       ${describeSize(sizeBytes)}`);
  say(`  Time       ${formatDuration(durationMs)}; the snapshot was open for ${formatDuration(snapshotMs)}`);
  if (artifacts.replaced.length + artifacts.deleted.length > 0) {
    say(
      `  Changed    ${artifacts.replaced.length} files were replaced and ${artifacts.deleted.length} deleted after the snapshot. The backup has their later state.`,
    );
  }
  if (foreign.length > 0)
    say(`  Skipped   ${foreign.length} tables that are not Leeway's: ${foreign.slice(0, 5).join(", ")}`);
  say("Not included, and required to restore:");
  for (const key of describeKeys(config)) say(`  ${key}`);
  if (artifacts.damaged.length === 0) return;
  throw new BackupError(
    `The backup is complete, but the artifact store is not: ${artifacts.damaged.length} files are missing or have changed, such as "${artifacts.damaged[0]}". The manifest lists them.`,
  );
}

async function verify(path: string): Promise<void> {
  const startedAt = performance.now();
  const line = new ProgressLine();
  const { header, manifest } = await readBackup(path, {
    ...checkingOnly,
    progress: (bytes) => line.show(() => `Read ${describeSize(bytes)}`),
  });
  const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
  const files =
    header.artifacts === "copied"
      ? `${formatCount(manifest.artifacts.count)} files`
      : `digests of ${formatCount(manifest.artifacts.count)} files, which are not included`;
  say(
    `${path} is complete: ${formatCount(rows)} rows and ${files}, as of ${header.createdAt}. Checked in ${formatDuration(performance.now() - startedAt)}.`,
  );
}
