import { bigint, jsonb, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { workspaces } from "./identity.ts";
import { modelVersions } from "./registry.ts";

/** A version sealed for devices: what its bundle is written from again, byte for byte. */
export const versionBundles = pgTable("version_bundles", {
  versionId: uuid()
    .primaryKey()
    .references(() => modelVersions.id, { onDelete: "cascade" }),
  workspaceId: uuid()
    .notNull()
    .references(() => workspaces.id, { onDelete: "cascade" }),
  /** SHA-256 of what it was sealed from. When that is another now, it is sealed anew. */
  basis: text().notNull(),
  /** The text of manifest.json, a BundleManifest of server/release/bundles/contract.ts. */
  manifest: text().notNull(),
  /** Base64 of the signature over the manifest. */
  seal: text().notNull(),
  /** Files of the golden sample: texts by their paths. */
  sample: jsonb().notNull(),
  /** Of the whole bundle, hex. */
  sha256: text().notNull(),
  sizeBytes: bigint({ mode: "number" }).notNull(),
  sealedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
});
