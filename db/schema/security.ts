import { jsonb, pgEnum, pgTable, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { belongsTo, instant, ofWorkspace } from "./columns.ts";
import type { JsonColumns } from "./json-columns.ts";
import { modelVersions } from "./registry.ts";

const ofVersion = () => belongsTo(() => modelVersions.id).primaryKey();

export const scanVerdict = pgEnum("scan_verdict", ["clean", "warnings", "dangerous", "failed-to-scan"]);
export const securityRule = pgEnum("security_rule", ["allow", "warn", "forbid"]);

/** What was found in the files of a version. Without a verdict: not yet looked at. */
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
  /** Base64, as it came. */
  signature: text().notNull(),
  addedBy: text().notNull(),
  addedAt: instant().notNull().defaultNow(),
});

/** A public key whose signatures this workspace believes. */
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

/** What happens to a version that is unsigned, or found dangerous, when somebody deploys it. No row: the defaults of the contract. */
export const securityPolicies = pgTable("security_policies", {
  workspaceId: ofWorkspace().primaryKey(),
  unsigned: securityRule().notNull(),
  dangerous: securityRule().notNull(),
  changedBy: text().notNull(),
  changedAt: instant().notNull().defaultNow(),
});
