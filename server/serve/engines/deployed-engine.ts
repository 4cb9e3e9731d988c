import type { Database } from "#db/client.ts";
import type { StoredSecret } from "#db/schema/stored-secret.ts";
import { log } from "#server/base/log.ts";
import { decryptSecret } from "#server/platform/secrets/decrypt-secret.ts";
import type { Engine } from "./contract.ts";
import type { DeployedEngine } from "./engine-client.ts";

/** What a deployment stores of its engine. */
interface StoredEngine {
  deploymentId: number;
  engine: Engine | null;
  engineSecret: StoredSecret | null;
}

/**
 * Returns the engine of a deployment with its secret; undefined if gateways run it. A secret that cannot be decrypted must not prevent the
 * other routes from changing: this engine is then called without it, and rejects the requests.
 */
export async function deployedEngine(db: Database, stored: StoredEngine): Promise<DeployedEngine | undefined> {
  const { deploymentId, engine, engineSecret } = stored;
  if (!engine) return undefined;
  if (engineSecret === null) return { ...engine, secret: null };
  try {
    return { ...engine, secret: await decryptSecret(db, "deployments.engine_secret", deploymentId, engineSecret) };
  } catch (cause) {
    log.error("engine.decryption_failed", { deploymentId, cause });
    return { ...engine, secret: null };
  }
}
