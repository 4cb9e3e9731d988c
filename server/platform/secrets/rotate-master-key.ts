import { and, eq, ne, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { encryptionKeys } from "#db/schema/index.ts";
import { StartError } from "#db/start-error.ts";
import { type MasterKey, unwrapDataKey, wrapDataKey } from "./master-key.ts";

/**
 * Encrypts every data key with a new master key as well. From then on, a process that has either master key reads every secret. Safe to
 * repeat.
 * @returns the number of data keys that were encrypted with the new key now
 */
export async function wrapWithNewMaster(db: Database, current: MasterKey, next: MasterKey): Promise<number> {
  return db.transaction(async (db) => {
    await lockKeys(db);
    const rows = await db.select().from(encryptionKeys).where(eq(encryptionKeys.masterKeyId, current.id));
    const made = await Promise.all(
      rows.map(({ wrappedKey, ...row }) =>
        db
          .insert(encryptionKeys)
          .values({
            ...row,
            masterKeyId: next.id,
            wrappedKey: wrapDataKey(next, row.id, unwrapDataKey(current, wrappedKey)),
          })
          .onConflictDoNothing()
          .returning({ id: encryptionKeys.id }),
      ),
    );
    return made.flat().length;
  });
}

/**
 * Removes the copies of data keys that other master keys encrypted, once the given one encrypts each.
 * @returns the number of copies removed
 * @throws StartError when the given master key does not encrypt every data key
 */
export async function dropOtherMasters(db: Database, master: MasterKey): Promise<number> {
  return db.transaction(async (db) => {
    await lockKeys(db);
    const own = and(eq(encryptionKeys.masterKeyId, master.id));
    const rows = await db.select().from(encryptionKeys).where(own);
    for (const { wrappedKey } of rows) unwrapDataKey(master, wrappedKey);
    const all = await db.selectDistinct({ id: encryptionKeys.id }).from(encryptionKeys);
    if (all.length > rows.length) {
      throw new StartError(
        "The new master key does not encrypt every data key. Run the rotation again with the old key.",
      );
    }
    const dropped = await db
      .delete(encryptionKeys)
      .where(ne(encryptionKeys.masterKeyId, master.id))
      .returning({ id: encryptionKeys.id });
    return dropped.length;
  });
}

/** @throws StartError while two master keys encrypt the data keys: a data key that is created now would have one of them only. */
export async function refuseDuringMasterRotation(db: Database): Promise<void> {
  const masters = await db.selectDistinct({ id: encryptionKeys.masterKeyId }).from(encryptionKeys);
  if (masters.length <= 1) return;
  throw new StartError(
    "The master key is being replaced. Complete that first: run this command again with the same --new-key-file.",
  );
}

/** Rotations of both kinds change the table; readers continue. */
async function lockKeys(db: Database): Promise<void> {
  await db.execute(sql`lock table ${encryptionKeys} in share row exclusive mode`);
}
