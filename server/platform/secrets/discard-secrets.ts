import { type SQL, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { encryptionKeys } from "#db/schema/index.ts";
import { allEncryptedColumns } from "./encrypted-columns.ts";
import { sealMark } from "./sealed-text.ts";

/**
 * Removes every encrypted secret and every data key, for an installation whose master key is lost. Readable ones remain. Sessions end, and
 * people enter the secrets again.
 * @returns the number of secrets removed
 */
export async function discardSecrets(db: Database): Promise<number> {
  return db.transaction(async (db) => {
    let removed = 0;
    for (const [name, { table, column, rows }] of allEncryptedColumns) {
      const [, columnName = ""] = name.split(".");
      const isSealed: SQL = rows ? sql`(${column} #>> '{}')` : sql`${column}`;
      // A row that cannot be without its secret goes with it: an authenticator app, a key of this installation.
      const change = column.notNull
        ? sql`delete from ${table}`
        : sql`update ${table} set ${sql.identifier(columnName)} = null`;
      const { rowCount } = await db.execute(sql`${change} where ${isSealed} like ${`${sealMark}%`}`);
      removed += rowCount ?? 0;
    }
    await db.delete(encryptionKeys);
    return removed;
  });
}
