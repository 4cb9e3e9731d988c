import { bigint, jsonb, pgTable, text } from "drizzle-orm/pg-core";
import { belongsTo, instant, ofWorkspace } from "./columns.ts";
import { modelVersions } from "./registry.ts";

/** A version sealed for devices: what its bundle is written from again, byte for byte. */
export const versionBundles = pgTable("version_bundles", {
  versionId: belongsTo(() => modelVersions.id).primaryKey(),
  workspaceId: ofWorkspace(),
  /** SHA-256 of what it was sealed from. When that is another now, it is sealed anew. */
  basis: text().notNull(),
  /** The text of manifest.json, a BundleManifest of server/release/bundles/contract.ts. */
  manifest: text().notNull(),
  /** Base64 of the signature over the manifest. */
  seal: text().notNull(),
  /** Files of the golden sample: texts by their paths. */
  sample: jsonb().$type<Record<string, string>>().notNull(),
  /** Of the whole bundle, hex. */
  sha256: text().notNull(),
  sizeBytes: bigint({ mode: "number" }).notNull(),
  sealedAt: instant().notNull().defaultNow(),
});
