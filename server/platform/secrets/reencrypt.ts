import { type AnyColumn, and, asc, gt, inArray, isNotNull, notLike, type SQL, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import type { StoredSecret } from "#db/schema/stored-secret.ts";
import { decryptSecret } from "./decrypt-secret.ts";
import { encryptSecret } from "./encrypt-secret.ts";
import { allEncryptedColumns, type EncryptedColumn, type EncryptedColumnName } from "./encrypted-columns.ts";
import { keyIdOf, sealMark } from "./sealed-text.ts";

/** One stored value, by its place. */
export interface SecretPlace {
  column: EncryptedColumnName;
  row: string;
}

export interface Reencrypted {
  count: number;
  /** Values that cannot be decrypted; they are left as they are. */
  failed: SecretPlace[];
}

const batchRows = 100;

/**
 * Encrypts every stored secret that has no ciphertext of the given key: readable ones of older versions, and those of other keys. In small
 * transactions, so that roles continue; safe to repeat, and to run beside another one.
 * @param keyId the active data key; undefined encrypts only readable values
 */
export async function reencrypt(db: Database, keyId?: string): Promise<Reencrypted> {
  const all: Reencrypted = { count: 0, failed: [] };
  for (const [name, column] of allEncryptedColumns) {
    let after: string | undefined;
    do {
      const batch = await db.transaction((db) => reencryptBatch(db, name, column, keyId, after));
      all.count += batch.count;
      all.failed.push(...batch.failed);
      after = batch.last;
    } while (after !== undefined);
  }
  return all;
}

/** Decrypts every stored secret. */
export async function checkAll(db: Database): Promise<Reencrypted & { readable: SecretPlace[] }> {
  const all = { count: 0, failed: [] as SecretPlace[], readable: [] as SecretPlace[] };
  for (const [name, column] of allEncryptedColumns) {
    for (let after: string | undefined; ; ) {
      const rows = await storedRows(db, column, undefined, after);
      for (const { row, stored } of rows) {
        const value = storedText(column, stored);
        if (keyIdOf(value) === undefined) all.readable.push({ column: name, row });
        else if (await decrypts(db, name, row, value)) all.count++;
        else all.failed.push({ column: name, row });
      }
      if (rows.length < batchRows) break;
      after = rows.at(-1)?.row;
    }
  }
  return all;
}

/** Number of stored secrets that a data key encrypts. */
export async function countOf(db: Database, keyId: string): Promise<number> {
  let total = 0;
  for (const [, { table, column }] of allEncryptedColumns) {
    const { rows } = await db.execute<{ count: number }>(
      sql`select count(*)::int as count from ${table} where ${textOf(column)} like ${`${sealMark}${keyId}:%`}`,
    );
    total += rows[0]?.count ?? 0;
  }
  return total;
}

async function reencryptBatch(
  db: Database,
  name: EncryptedColumnName,
  column: EncryptedColumn,
  keyId: string | undefined,
  after: string | undefined,
): Promise<Reencrypted & { last: string | undefined }> {
  const unsettled = notLike(textOf(column.column), `${sealMark}${keyId === undefined ? "" : `${keyId}:`}%`);
  const rows = await storedRows(db, column, unsettled, after, true);
  const failed: SecretPlace[] = [];
  for (const { row, stored } of rows) {
    const value = storedText(column, stored);
    const secret = await tryDecrypt(db, name, row, value);
    if (secret === undefined) failed.push({ column: name, row });
    else await replace(db, name, column, row, secret);
  }
  const last = rows.length < batchRows ? undefined : rows.at(-1)?.row;
  return { count: rows.length - failed.length, failed, last };
}

async function replace(
  db: Database,
  name: EncryptedColumnName,
  column: EncryptedColumn,
  row: string,
  secret: string,
): Promise<void> {
  const sealed = await encryptSecret(db, name, row, secret);
  const value = column.rows ? sql`to_jsonb(${sealed}::text)` : sql`${sealed}`;
  const [, columnName = ""] = name.split(".");
  await db.execute(
    sql`update ${column.table} set ${sql.identifier(columnName)} = ${value} where ${column.row}::text = ${row}`,
  );
}

/** Reads a batch in the order of the rows' ids as text, which needs no more than that each has one. */
function storedRows(
  db: Database,
  { table, column, row, rows }: EncryptedColumn,
  where: SQL | undefined,
  after: string | undefined,
  isLocking = false,
): Promise<{ row: string; stored: string }[]> {
  const id = sql<string>`${row}::text`;
  const query = db
    .select({ row: id, stored: sql<string>`${column}::text` })
    .from(table)
    .where(
      and(isNotNull(column), rows && inArray(row, [...rows]), where, after === undefined ? undefined : gt(id, after)),
    )
    .orderBy(asc(id))
    .limit(batchRows);
  return isLocking ? query.for("update") : query;
}

/** Text of a text column, or of a JSON one that holds a text. */
function textOf(column: AnyColumn): SQL {
  return column.dataType === "json" ? sql`(${column} #>> '{}')` : sql`${column}`;
}

/** Returns the ciphertext inside a stored JSON text; any other JSON value is the secret itself. */
function storedText({ rows }: EncryptedColumn, stored: string): string {
  if (!rows) return stored;
  const value: unknown = JSON.parse(stored);
  return typeof value === "string" && keyIdOf(value) !== undefined ? value : stored;
}

async function tryDecrypt(
  db: Database,
  name: EncryptedColumnName,
  row: string,
  value: string,
): Promise<string | undefined> {
  try {
    return await decryptSecret(db, name, row, value as unknown as StoredSecret);
  } catch {
    return undefined;
  }
}

async function decrypts(db: Database, name: EncryptedColumnName, row: string, value: string): Promise<boolean> {
  return (await tryDecrypt(db, name, row, value)) !== undefined;
}
