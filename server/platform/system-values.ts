import { eq } from "drizzle-orm";
import type { z } from "zod";
import type { Database } from "#db/client.ts";
import { systemValues } from "#db/schema/index.ts";

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
 * Returns the shared value and creates it if it is missing. If several processes create it concurrently, all of them get the first one's
 * value.
 */
export async function getOrCreateSystemValue<T>(
  db: Database,
  key: string,
  schema: z.ZodType<T>,
  create: () => T,
): Promise<T> {
  const known = await readSystemValue(db, key, schema);
  if (known !== undefined) return known;
  await db.insert(systemValues).values({ key, value: create() }).onConflictDoNothing();
  const stored = await readSystemValue(db, key, schema);
  if (stored === undefined) throw new Error(`The system value "${key}" was not stored.`);
  return stored;
}
