import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { Database } from "#db/client.ts";
import { getOrCreateSystemSecret } from "../system-values.ts";

const key = "session-secret";

/**
 * Returns the secret that signs sessions: the configured one, else one generated at the first start and stored encrypted in the
 * database, so that sessions survive restarts and every replica of the web role uses the same one.
 */
export async function sessionSecret(db: Database, configured: string | undefined): Promise<string> {
  if (configured) return configured;
  return getOrCreateSystemSecret(db, key, z.string(), () => randomBytes(32).toString("base64url"));
}
