import { randomBytes } from "node:crypto";
import { eq } from "drizzle-orm";
import { z } from "zod";
import type { Database } from "#db/client.ts";
import { systemValues } from "#db/schema/index.ts";

const key = "session-secret";

/**
 * The secret that signs sessions: the configured one, else one made up at the first start and kept in the database, so that
 * sessions survive restarts and every copy of the web role knows the same.
 */
export async function sessionSecret(db: Database, configured: string | undefined): Promise<string> {
  if (configured) return configured;
  await db
    .insert(systemValues)
    .values({ key, value: randomBytes(32).toString("base64url") })
    .onConflictDoNothing();
  const [row] = await db.select().from(systemValues).where(eq(systemValues.key, key));
  return z.string().parse(row?.value);
}
