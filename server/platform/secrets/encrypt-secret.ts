import type { Database } from "#db/client.ts";
import type { StoredSecret } from "#db/schema/stored-secret.ts";
import { activeKeyId } from "./data-keys.ts";
import { bindingOf, type EncryptedColumnName } from "./encrypted-columns.ts";
import { dataKeyOf } from "./key-ring.ts";
import { sealText } from "./sealed-text.ts";

/**
 * Encrypts a secret for one column of one row, in the transaction that stores it.
 * @param row id of the row. A new row therefore needs its id before it is inserted.
 */
export async function encryptSecret(
  db: Database,
  column: EncryptedColumnName,
  row: string | number,
  secret: string,
): Promise<StoredSecret> {
  const keyId = await activeKeyId(db);
  const sealed = sealText(await dataKeyOf(db, keyId), keyId, bindingOf(column, row), secret);
  return sealed as unknown as StoredSecret;
}
