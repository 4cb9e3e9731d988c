import { pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { instant } from "./columns.ts";

/**
 * Data keys that encrypt stored secrets, each encrypted itself with a master key that is not in the database. A key has a second row while
 * the master key is being replaced. The installation's, not a tenant's.
 */
export const encryptionKeys = pgTable(
  "encryption_keys",
  {
    /** Part of everything that the data key encrypts. */
    id: uuid().notNull(),
    /** Fingerprint of the master key that encrypts this row's copy. */
    masterKeyId: text().notNull(),
    /** The data key, encrypted with the master key. */
    wrappedKey: text().notNull(),
    createdAt: instant().notNull().defaultNow(),
    /** Since when nothing new is encrypted with it. */
    retiredAt: instant(),
  },
  (table) => [primaryKey({ columns: [table.id, table.masterKeyId] })],
);
