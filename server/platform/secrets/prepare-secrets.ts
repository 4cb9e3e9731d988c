import { sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { encryptionKeys } from "#db/schema/index.ts";
import { StartError } from "#db/start-error.ts";
import { createDataKey } from "./data-keys.ts";
import { setMasterKey } from "./key-ring.ts";
import { createKeyFile, type KeySource, originOf, readMasterKey, variableOf } from "./key-source.ts";
import { type MasterKey, unwrapDataKey } from "./master-key.ts";

/**
 * Gives this process the master key, and the database its first data key. A key file is created only for a database without data keys.
 * Concurrent starts of several processes and machines are safe: the lock admits one at a time.
 * @param mayCreateFile whether the data folder is the only one of the installation, and lasts
 * @throws StartError when the key is missing or is not the one of the database
 */
export async function prepareSecrets(db: Database, source: KeySource, mayCreateFile = true): Promise<void> {
  const found = await readMasterKey(source);
  const master = await db.transaction(async (db) => {
    await db.execute(sql`select pg_advisory_xact_lock(hashtextextended('leeway secrets', 0))`);
    const rows = await db.select().from(encryptionKeys);
    if (rows.length === 0) {
      if (!found && !mayCreateFile) throw required();
      const key = found ?? (await createMasterKey(source));
      await createDataKey(db, key);
      return key;
    }
    // Another process of this machine may have created the file since.
    const key = found ?? (await readMasterKey(source));
    if (!key) throw missing(source);
    requireMasterKey(key, rows, variableOf(source));
    return key;
  });
  setMasterKey(master, originOf(source));
}

type KeyRow = Pick<typeof encryptionKeys.$inferSelect, "id" | "masterKeyId" | "wrappedKey">;

/** Requires that a master key decrypts every data key. @throws StartError */
function requireMasterKey(key: MasterKey, rows: readonly KeyRow[], variable: string): void {
  const opened = new Set(rows.filter(({ masterKeyId }) => masterKeyId === key.id).map(({ id }) => id));
  const others = new Set(rows.filter(({ id }) => !opened.has(id)).map(({ masterKeyId }) => masterKeyId));
  if (others.size > 0) {
    throw new StartError(
      `${variable}: the secrets in the database are encrypted with another key (fingerprint ${[...others].join(", ")}; got ${key.id}). ` +
        "Set the key that this database was last used with. It is in SECRETS_KEY of the other machines, or in the backup of the key file.",
    );
  }
  for (const { id, wrappedKey } of rows.filter(({ masterKeyId }) => masterKeyId === key.id)) {
    try {
      unwrapDataKey(key, wrappedKey);
    } catch (cause) {
      throw new StartError(
        `The encryption key ${id} in the database is damaged. Restore the table encryption_keys from a backup.`,
        {
          cause,
        },
      );
    }
  }
}

async function createMasterKey(source: KeySource): Promise<MasterKey> {
  if (source.kind === "file") await createKeyFile(source.path);
  const key = await readMasterKey(source);
  if (!key) throw new Error("The master key was not created.");
  return key;
}

function required(): StartError {
  return new StartError(
    "SECRETS_KEY: required to run a single role, because every machine needs the same key. Generate one with: openssl rand -base64 32",
  );
}

function missing(source: KeySource): StartError {
  const path = source.kind === "file" ? source.path : "";
  return new StartError(
    `${variableOf(source)}: ${path} does not exist, but secrets in the database are encrypted with a key. ` +
      "Restore this file from its backup, or set SECRETS_KEY to the key of the other machines.",
  );
}
