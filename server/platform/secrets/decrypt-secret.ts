import type { Database } from "#db/client.ts";
import type { StoredSecret } from "#db/schema/stored-secret.ts";
import { bindingOf, type EncryptedColumnName } from "./encrypted-columns.ts";
import { dataKeyOf } from "./key-ring.ts";
import { keyIdOf, openSealed } from "./sealed-text.ts";

/**
 * Decrypts a secret of one column of one row. A readable one, of a version before encryption, is returned as it is.
 * @throws when it belongs to another row or column, was changed, or its key is missing. The message names its place, and not the secret.
 */
export async function decryptSecret(
  db: Database,
  column: EncryptedColumnName,
  row: string | number,
  stored: StoredSecret,
): Promise<string> {
  const text = stored as unknown as string;
  const keyId = keyIdOf(text);
  if (keyId === undefined) return text;
  const key = await dataKeyOf(db, keyId);
  try {
    return openSealed(key, bindingOf(column, row), text);
  } catch (cause) {
    throw new Error(`${column} of row ${row} cannot be decrypted: it was changed, or copied from another row.`, {
      cause,
    });
  }
}
