import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { Database } from "#db/client.ts";
import { getOrCreateSystemValue } from "../system-values.ts";

const key = "session-secret";

/**
 * The secret that signs sessions: the configured one, else one made up at the first start and kept in the database, so that
 * sessions survive restarts and every copy of the web role knows the same.
 */
export async function sessionSecret(db: Database, configured: string | undefined): Promise<string> {
  if (configured) return configured;
  return getOrCreateSystemValue(db, key, z.string(), () => randomBytes(32).toString("base64url"));
}
