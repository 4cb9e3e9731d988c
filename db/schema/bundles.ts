import { bigint, jsonb, pgTable, text } from "drizzle-orm/pg-core";
import { belongsTo, instant, ofWorkspace } from "./columns.ts";
import { modelVersions } from "./registry.ts";

/** A version sealed for devices: what its bundle is written from again, byte for byte. */
export const versionBundles = pgTable("version_bundles", {
  versionId: belongsTo(() => modelVersions.id).primaryKey(),
  workspaceId: ofWorkspace(),
  /** SHA-256 of the data from which it was sealed. When that hash changes, the bundle is sealed again. */
  basis: text().notNull(),
  /** The text of manifest.json, a BundleManifest of server/release/bundles/contract.ts. */
  manifest: text().notNull(),
  /** Base64 of the signature over the manifest. */
  seal: text().notNull(),
  /** Files of the golden sample: texts by their paths. */
  sample: jsonb().$type<Record<string, string>>().notNull(),
  /** Digest of the complete bundle, in hex. */
  sha256: text().notNull(),
  sizeBytes: bigint({ mode: "number" }).notNull(),
  sealedAt: instant().notNull().defaultNow(),
});
