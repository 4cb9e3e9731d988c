import { eq } from "drizzle-orm";
import type { z } from "zod";
import type { Database } from "#db/client.ts";
import { systemValues } from "#db/schema/index.ts";
import type { StoredSecret } from "#db/schema/stored-secret.ts";
import { decryptSecret } from "./secrets/decrypt-secret.ts";
import { encryptSecret } from "./secrets/encrypt-secret.ts";
import type { SecretSystemValue } from "./secrets/encrypted-columns.ts";
import { keyIdOf } from "./secrets/sealed-text.ts";

/** Reads a value that all processes of the installation share; undefined until one of them has stored it. */
export async function readSystemValue<T>(db: Database, key: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const [row] = await db.select().from(systemValues).where(eq(systemValues.key, key));
  return row && schema.parse(row.value);
}

/** Stores a value and replaces an older one. */
export async function writeSystemValue(db: Database, key: string, value: unknown): Promise<void> {
  await db.insert(systemValues).values({ key, value }).onConflictDoUpdate({ target: systemValues.key, set: { value } });
}

/**
 * Returns a shared value that is secret, and creates it if it is missing. It is stored encrypted. If several processes create it
 * concurrently, all of them get the first one's value.
 */
export async function getOrCreateSystemSecret<T>(
  db: Database,
  key: SecretSystemValue,
  schema: z.ZodType<T>,
  create: () => T,
): Promise<T> {
  const known = await readSystemSecret(db, key, schema);
  if (known !== undefined) return known;
  await db.transaction(async (db) => {
    const value = await encryptSecret(db, "system_values.value", key, JSON.stringify(create()));
    await db.insert(systemValues).values({ key, value }).onConflictDoNothing();
  });
  const stored = await readSystemSecret(db, key, schema);
  if (stored === undefined) throw new Error(`The system value "${key}" was not stored.`);
  return stored;
}

async function readSystemSecret<T>(db: Database, key: SecretSystemValue, schema: z.ZodType<T>): Promise<T | undefined> {
  const [row] = await db.select().from(systemValues).where(eq(systemValues.key, key));
  if (!row) return undefined;
  const { value } = row;
  // A version before encryption stored the value itself.
  if (typeof value !== "string" || keyIdOf(value) === undefined) return schema.parse(value);
  const text = await decryptSecret(db, "system_values.value", key, value as unknown as StoredSecret);
  return schema.parse(JSON.parse(text));
}
