import { randomBytes, randomUUID } from "node:crypto";
import { and, desc, eq, isNull, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { encryptionKeys } from "#db/schema/index.ts";
import { type MasterKey, wrapDataKey } from "./master-key.ts";

const dataKeyBytes = 32;

/** Creates a data key; from the end of the transaction on, everything new is encrypted with it. */
export async function createDataKey(db: Database, master: MasterKey): Promise<string> {
  const id = randomUUID();
  const wrappedKey = wrapDataKey(master, id, randomBytes(dataKeyBytes));
  await db.insert(encryptionKeys).values({ id, masterKeyId: master.id, wrappedKey, createdAt: sql`clock_timestamp()` });
  return id;
}

/**
 * Returns the data key that encrypts new secrets, and holds it until the caller's transaction ends: a rotation retires a key only when no
 * transaction encrypts with it any more.
 */
export async function activeKeyId(db: Database): Promise<string> {
  // A key that is being retired at this moment is skipped by the lock; its successor is found by a second look.
  const id = (await holdNewest(db)) ?? (await holdNewest(db));
  if (id === undefined) throw new Error("The database has no encryption key. The start of Leeway creates one.");
  return id;
}

async function holdNewest(db: Database): Promise<string | undefined> {
  const [row] = await db
    .select({ id: encryptionKeys.id })
    .from(encryptionKeys)
    .where(isNull(encryptionKeys.retiredAt))
    .orderBy(desc(encryptionKeys.createdAt), desc(encryptionKeys.id))
    .limit(1)
    .for("share");
  return row?.id;
}

/** Ids of the data keys that are not retired, the newest first. */
export async function activeKeyIds(db: Database): Promise<string[]> {
  const rows = await db
    .selectDistinct({ id: encryptionKeys.id, createdAt: encryptionKeys.createdAt })
    .from(encryptionKeys)
    .where(isNull(encryptionKeys.retiredAt))
    .orderBy(desc(encryptionKeys.createdAt), desc(encryptionKeys.id));
  return rows.map(({ id }) => id);
}

/** Retires a data key once every transaction that encrypts with it has ended. It remains, for backups and for values of that moment. */
export async function retireDataKey(db: Database, id: string): Promise<void> {
  await db
    .update(encryptionKeys)
    .set({ retiredAt: sql`now()` })
    .where(and(eq(encryptionKeys.id, id), isNull(encryptionKeys.retiredAt)));
}
