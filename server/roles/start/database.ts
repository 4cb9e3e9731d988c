import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "#db/embedded.ts";
import { postgresPath } from "#db/postgres-path.ts";
import type { Config } from "#server/admin/settings/config.ts";
import { backOff } from "#server/base/back-off.ts";
import { log } from "#server/base/log.ts";
import { restartMs } from "./supervise.ts";

export interface RunningDatabase {
  url: string;
  stop(): Promise<void>;
}

/** Starts the configured database, or an embedded Postgres, which is restarted whenever it exits. */
export async function startDatabase(config: Config, say: (line: string) => void): Promise<RunningDatabase> {
  if (config.databaseUrl) return { url: config.databaseUrl, stop: async () => {} };
  const dataFolder = await postgresPath(config.dataDir);
  if (!dataFolder.startsWith(config.dataDir)) {
    say(
      `Using database folder ${dataFolder}: Postgres cannot run as root, and its user has no access to ${config.dataDir}.`,
    );
  }
  const options = { dataFolder, logFile: join(config.dataDir, "postgres.log") };
  const first = await startEmbeddedPostgres(options);
  if (first.leftover) say(`Stopped a Postgres left running by a killed Leeway process (process ${first.leftover}).`);
  const stopping = new AbortController();
  let server: EmbeddedPostgres = first;

  async function keep(): Promise<void> {
    for (let failures = 0; ; failures++) {
      await server.exited;
      if (stopping.signal.aborted) return;
      log.error("postgres.ended", { dataFolder });
      await pause(backOff(failures + 1, restartMs));
      if (stopping.signal.aborted) return;
      await startEmbeddedPostgres({ ...options, port: first.port }).then(
        (started) => {
          server = started;
          failures = 0;
          log.info("postgres.restarted", { port: started.port });
        },
        (cause: unknown) => log.error("postgres.restart-failed", { cause }),
      );
    }
  }

  const kept = keep();
  return {
    url: first.url,
    stop: async () => {
      stopping.abort();
      await server.stop();
      await kept;
      // A server that was being started when the stop arrived.
      await server.stop();
    },
  };
}
