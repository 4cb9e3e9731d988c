import { sql } from "drizzle-orm";
import { bigint, index, integer, pgEnum, pgTable, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { instant, ofWorkspace } from "./columns.ts";

/** released: its owner was deleted for good; orphaned: a sweep found nothing that it belongs to. */
export const releaseCause = pgEnum("release_cause", ["released", "orphaned"]);

/** What arrived: one row per file in the artifact store. */
export const artifactFiles = pgTable(
  "artifact_files",
  {
    /** As in the store; begins with the workspace's id. */
    key: text().primaryKey(),
    workspaceId: ofWorkspace(),
    sizeBytes: bigint({ mode: "number" }).notNull(),
    /** Hex; null for a file whose parts went to the bucket without passing through Leeway. */
    sha256: text(),
    /** Of the bucket, when it came in parts: who asks again to complete that upload is told that it is done. */
    storeUploadId: text(),
    storedBy: text().notNull(),
    storedAt: instant().notNull().defaultNow(),
  },
  // By bytes, so that all keys below a folder are one range.
  (table) => [index("artifact_files_key").on(sql`${table.key} collate "C"`)],
);

/** An upload under way. Its key counts as used until it ends or expires. */
export const artifactUploads = pgTable(
  "artifact_uploads",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    key: text().notNull(),
    /** Of the bucket, for an upload in parts. */
    storeUploadId: text(),
    startedBy: text().notNull(),
    startedAt: instant().notNull().defaultNow(),
    expiresAt: instant().notNull(),
  },
  (table) => [index("artifact_uploads_workspace").on(table.workspaceId, table.key)],
);

/** A folder whose files may be removed once nothing refers to them. The row goes when the files have gone. */
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
    /** Nothing is removed before. */
    removeAfter: instant().notNull(),
    files: integer(),
    sizeBytes: bigint({ mode: "number" }),
    /** What refers to it, in words, when last looked at. */
    heldBy: text(),
    /** Since when its files are being removed: from then on nothing new may refer to them. */
    removingAt: instant(),
  },
  (table) => [uniqueIndex("artifact_releases_prefix").on(table.workspaceId, table.prefix)],
);
