import { stat } from "node:fs/promises";
import { join } from "node:path";
import { postgresPath } from "#db/postgres-path.ts";
import { urlOfRunning } from "#db/running.ts";
import { StartError } from "#db/start-error.ts";
import type { Config } from "#server/admin/settings/config.ts";
import { startDatabase } from "../start/database.ts";
import { acquireLock } from "../start/folder-lock.ts";
import { untilConnected } from "../start/prepare-database.ts";

export interface Connection {
  url: string;
  close(): Promise<void>;
}

const timeoutMs = 15_000;

/**
 * Connects to the database of an existing installation, whether it runs or not: an embedded Postgres that is stopped runs until the close.
 * @throws StartError when there is none.
 */
export async function connectInstallation(config: Config, say: (line: string) => void): Promise<Connection> {
  if (config.databaseUrl) {
    await untilConnected(config.databaseUrl, timeoutMs);
    return { url: config.databaseUrl, close: async () => {} };
  }
  const { dataDir } = config;
  const hasDatabase = await Promise.all([exists(join(dataDir, "postgres")), exists(join(dataDir, "postgres-place"))]);
  if (!hasDatabase.includes(true)) {
    throw new StartError(
      `DATA_DIR: ${dataDir} contains no Leeway data. Set DATA_DIR, or DATABASE_URL if it uses another Postgres.`,
    );
  }
  const lock = await acquireLock(join(dataDir, "leeway.lock"));
  if (!("release" in lock)) {
    const url = await urlOfRunning(await postgresPath(dataDir));
    await untilConnected(url, timeoutMs);
    return { url, close: async () => {} };
  }
  try {
    say("Leeway is not running here: starting its Postgres for this command.");
    const database = await startDatabase(config, say);
    return {
      url: database.url,
      close: async () => {
        await database.stop();
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
