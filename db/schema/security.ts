import { jsonb, pgEnum, pgTable, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { belongsTo, instant, ofWorkspace } from "./columns.ts";
import type { JsonColumns } from "./json-columns.ts";
import { modelVersions } from "./registry.ts";

const ofVersion = () => belongsTo(() => modelVersions.id).primaryKey();

export const scanVerdict = pgEnum("scan_verdict", ["clean", "warnings", "dangerous", "failed-to-scan"]);
export const securityRule = pgEnum("security_rule", ["allow", "warn", "forbid"]);

/** Scan results for the files of a version. Without a verdict, the version has not been scanned yet. */
export const versionScans = pgTable("version_scans", {
  versionId: ofVersion(),
  workspaceId: ofWorkspace(),
  verdict: scanVerdict(),
  /** ScanReport of server/develop/registry/security/contract.ts. */
  report: jsonb().$type<JsonColumns["versionScans.report"]>(),
  requestedAt: instant().notNull().defaultNow(),
  scannedAt: instant(),
});

/** A detached signature over the SHA-256 of a version's file. Whether it counts is decided by the keys trusted at that moment. */
export const versionSignatures = pgTable("version_signatures", {
  versionId: ofVersion(),
  workspaceId: ofWorkspace(),
  /** Base64, as received. */
  signature: text().notNull(),
  addedBy: text().notNull(),
  addedAt: instant().notNull().defaultNow(),
});

/** A public key whose signatures this workspace trusts. */
export const trustedKeys = pgTable(
  "trusted_keys",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    name: text().notNull(),
    /** Ed25519, base64 of its 32 bytes. */
    publicKey: text().notNull(),
    addedBy: text().notNull(),
    addedAt: instant().notNull().defaultNow(),
    revokedBy: text(),
    revokedAt: instant(),
  },
  (table) => [uniqueIndex("trusted_keys_key").on(table.workspaceId, table.publicKey)],
);

/** Policy for deploying a version that is unsigned or was found dangerous. Without a row, the defaults of the contract apply. */
export const securityPolicies = pgTable("security_policies", {
  workspaceId: ofWorkspace().primaryKey(),
  unsigned: securityRule().notNull(),
  dangerous: securityRule().notNull(),
  changedBy: text().notNull(),
  changedAt: instant().notNull().defaultNow(),
});
