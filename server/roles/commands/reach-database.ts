import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { startEmbeddedPostgres } from "#db/embedded.ts";
import { readPassword } from "#db/postgres-folder.ts";
import { postgresPath } from "#db/postgres-path.ts";
import { StartError } from "#db/start-error.ts";
import type { Config } from "#server/admin/settings/config.ts";
import { openDataFolder } from "../start/data-folder.ts";

interface ReachedDatabase {
  url: string;
  /** Stops the database if it was started for the command. */
  release(): Promise<void>;
}

/**
 * Finds the database of an installation for a command: the configured one, or the built-in Postgres, which is started for as long as the
 * command takes unless Leeway is running.
 * @throws StartError when there is none
 */
export async function reachDatabase(config: Config): Promise<ReachedDatabase> {
  if (config.databaseUrl) return { url: config.databaseUrl, release: async () => {} };
  if (!(await stat(config.dataDir).catch(() => undefined))) throw noDatabase(config.dataDir);
  const dataFolder = await postgresPath(config.dataDir);
  if (!(await stat(join(dataFolder, "PG_VERSION")).catch(() => undefined))) throw noDatabase(config.dataDir);
  const running = await runningUrl(dataFolder);
  if (running) return { url: running, release: async () => {} };
  const lock = await openDataFolder(config.dataDir, true);
  try {
    const server = await startEmbeddedPostgres({ dataFolder, logFile: join(config.dataDir, "postgres.log") });
    const release = () => server.stop().finally(lock.release);
    return { url: server.url, release };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** Returns the URL of the server that runs on a folder; undefined when none accepts connections. */
async function runningUrl(dataFolder: string): Promise<string | undefined> {
  // The fourth line of Postgres' lock file is the port.
  const text = await readFile(join(dataFolder, "postmaster.pid"), "utf8").catch(() => "");
  const port = Number(text.split("\n")[3]);
  if (!Number.isInteger(port) || port <= 0) return undefined;
  const url = `postgres://leeway:${await readPassword(dataFolder)}@127.0.0.1:${port}/leeway`;
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
    return url;
  } catch {
    return undefined;
  } finally {
    await client.end().catch(() => {});
  }
}

function noDatabase(folder: string): StartError {
  return new StartError(`DATA_DIR: ${folder} has no database. Set DATA_DIR or DATABASE_URL as Leeway has it.`);
}
