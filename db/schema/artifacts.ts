import { sql } from "drizzle-orm";
import { bigint, index, integer, pgEnum, pgTable, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { instant, ofWorkspace } from "./columns.ts";

/** released: its owner was permanently deleted; orphaned: a sweep found nothing that it belongs to. */
export const releaseCause = pgEnum("release_cause", ["released", "orphaned"]);

/** Uploaded files: one row per file in the artifact store. */
export const artifactFiles = pgTable(
  "artifact_files",
  {
    /** Key in the store; begins with the workspace's id. */
    key: text().primaryKey(),
    workspaceId: ofWorkspace(),
    sizeBytes: bigint({ mode: "number" }).notNull(),
    /** Hex; null for a file whose parts were uploaded to the bucket without passing through Leeway. */
    sha256: text(),
    /** Upload id of the bucket, for a multipart upload: a caller that completes the upload again is informed that it is complete. */
    storeUploadId: text(),
    storedBy: text().notNull(),
    storedAt: instant().notNull().defaultNow(),
  },
  // Compares bytes, so that all keys below a folder are one range.
  (table) => [index("artifact_files_key").on(sql`${table.key} collate "C"`)],
);

/** An upload in progress. Its key counts as used until the upload ends or expires. */
export const artifactUploads = pgTable(
  "artifact_uploads",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    key: text().notNull(),
    /** Upload id of the bucket, for a multipart upload. */
    storeUploadId: text(),
    startedBy: text().notNull(),
    startedAt: instant().notNull().defaultNow(),
    expiresAt: instant().notNull(),
  },
  (table) => [index("artifact_uploads_workspace").on(table.workspaceId, table.key)],
);

/** A folder whose files may be removed once nothing refers to them. The row is deleted after the files. */
export const artifactReleases = pgTable(
  "artifact_releases",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    /** Key of the folder. */
    prefix: text().notNull(),
    cause: releaseCause().notNull(),
    releasedBy: text().notNull(),
    releasedAt: instant().notNull().defaultNow(),
    /** Time before which nothing is removed. */
    removeAfter: instant().notNull(),
    files: integer(),
    sizeBytes: bigint({ mode: "number" }),
    /** Description of what referred to it at the last check. */
    heldBy: text(),
    /** Since when its files are being removed: from then on nothing new may refer to them. */
    removingAt: instant(),
  },
  (table) => [uniqueIndex("artifact_releases_prefix").on(table.workspaceId, table.prefix)],
);
