import { createHmac, randomBytes } from "node:crypto";
import { z } from "zod";
import type { Database } from "#db/client.ts";
import { getOrCreateSystemSecret } from "#server/platform/system-values.ts";

const LaunchKey = z.string().length(64);

/**
 * Computes the token that a launch starts attempts with. It can do nothing else, since engines show it to whoever may read their jobs. It
 * follows from a key of the installation, so that a submit that is repeated after a crash sends the same one.
 */
export async function launchTokenOf(db: Database, launchId: string): Promise<string> {
  const key = await getOrCreateSystemSecret(db, "launch-key", LaunchKey, () => randomBytes(32).toString("hex"));
  return `lwl_${createHmac("sha256", Buffer.from(key, "hex")).update(launchId).digest("hex").slice(0, 40)}`;
}
