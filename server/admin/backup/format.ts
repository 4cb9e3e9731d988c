import { z } from "zod";
import { StartError } from "#db/start-error.ts";

/**
 * A backup is one tar file. docs/backup-and-upgrade.md describes its entries:
 *
 *     leeway-backup.json            header: what a reader must know before the rows
 *     tables/<table>/000001.zst     rows in COPY's text format, in parts, each one frame of Zstandard
 *     artifacts/<key>               files
 *     artifacts.jsonl/000001.zst    digests of the files before it, in the same order; without files, what must be in the store
 *     manifest.json                 number of rows and digest of everything
 *     manifest.sha256               digest of the manifest, as sha256sum writes it; its absence means that the backup is incomplete
 *
 * Postgres' binary COPY format would be smaller to write, but differs between versions and machines; text is the same on all.
 */
export const formatName = "leeway-backup";
export const formatVersion = 1;

export const entryNames = {
  header: "leeway-backup.json",
  tables: "tables/",
  files: "artifacts/",
  list: "artifacts.jsonl",
  manifest: "manifest.json",
  manifestDigest: "manifest.sha256",
} as const;

/** Uncompressed bytes of a part. */
export const partBytes = 8 * 2 ** 20;

/** These names and bounds become SQL, so a backup can hold none that ends a statement. */
const TableName = z.string().regex(/^public\.(?:[a-z_][a-z0-9_]*|"[a-z_][a-z0-9_ ]*")$/);
const ColumnName = z.string().regex(/^[a-z_][a-z0-9_]*$/);
const Bound = z
  .string()
  .regex(
    /^(?:DEFAULT|FOR VALUES FROM \('[^']{1,100}'\) TO \('[^']{1,100}'\)|FOR VALUES WITH \(modulus \d{1,9}, remainder \d{1,9}\))$/,
  );
const CopiedTable = z.object({ name: TableName, columns: z.array(ColumnName).min(1) });

/** Copied: the files are in the backup. Reference: they stay where they are, and the backup holds their digests. */
export const ArtifactMode = z.enum(["copied", "reference"]);
export type ArtifactMode = z.infer<typeof ArtifactMode>;

/** What every version of the format begins with. */
export const FormatVersion = z.object({ format: z.literal(formatName), version: z.number().int().min(1) });

export const BackupHeader = FormatVersion.extend({
  createdAt: z.iso.datetime(),
  /** Last migration of the database. */
  schema: z.object({ migration: z.number().int(), hash: z.string() }),
  /** Version of Postgres: 180004 is 18.4. */
  serverVersion: z.number().int(),
  tables: z.array(CopiedTable),
  partitions: z.array(z.object({ name: TableName, parent: TableName, bound: Bound })),
  /** Columns of the jobs that are still to be run. */
  jobs: z.array(ColumnName),
  artifacts: ArtifactMode,
});
export type BackupHeader = z.infer<typeof BackupHeader>;

export const TableDigest = z.object({
  name: z.string(),
  rows: z.number().int(),
  /** Bytes of its rows in COPY's text format, and their SHA-256. */
  bytes: z.number().int(),
  sha256: z.string(),
});
export type TableDigest = z.infer<typeof TableDigest>;

export const ArtifactLine = z.object({ key: z.string(), sizeBytes: z.number().int(), sha256: z.string().nullable() });
export type ArtifactLine = z.infer<typeof ArtifactLine>;

export const BackupManifest = z.object({
  headerSha256: z.string(),
  tables: z.array(TableDigest),
  sequences: z.array(z.object({ name: z.string(), lastValue: z.string().nullable() })),
  artifacts: z.object({
    count: z.number().int(),
    bytes: z.number().int(),
    /** SHA-256 of the lines of artifacts.jsonl. */
    sha256: z.string(),
    /** Files that were replaced between the snapshot and their copy, as they were copied. */
    replaced: z.array(ArtifactLine),
    /** Keys of files that were deleted between the snapshot and their copy. */
    deleted: z.array(z.string()),
    /** Keys of files that the store has lost, or whose content has changed by itself. */
    damaged: z.array(z.string()),
  }),
});
export type BackupManifest = z.infer<typeof BackupManifest>;

/** A backup that cannot be written or restored as asked: the message says why, and what to do. */
export class BackupError extends StartError {}
