import { openDatabase } from "#db/client.ts";
import type { Config } from "../admin/settings/config.ts";
import { log } from "../base/log.ts";
import { Refresher } from "../base/refresher.ts";
import { databaseCheck, health } from "../http/health.ts";
import { createServer } from "../http/server.ts";
import { readRestored } from "../platform/installation-state.ts";
import type { RunningRole } from "./start/role.ts";

const everyMs = 3_000;

/**
 * Takes the worker's place while a restored installation is paused: healthy, so that everything else runs, but without jobs and watchers.
 * Starts the worker as soon as it is resumed. Returns undefined when the installation is not paused.
 */
export async function startPausedWorker(
  config: Config,
  databaseUrl: string,
  startWorker: () => Promise<RunningRole>,
): Promise<RunningRole | undefined> {
  const { db, pool, close } = openDatabase(databaseUrl, { max: 2, name: "leeway-worker-paused", timeoutMs: 15_000 });
  const restored = await readRestored(db);
  if (!restored?.isPaused) {
    await close();
    return undefined;
  }
  const app = createServer(config);
  health(app, { database: databaseCheck(pool) });
  await app.listen({ port: config.workerPort, host: config.host });
  log.warn("worker.paused", { restoredAt: restored.restoredAt, backupOf: restored.createdAt });
  const resumed = Promise.withResolvers<void>();
  const polls = new Refresher("paused-worker", everyMs, async () => {
    if (!(await readRestored(db))?.isPaused) resumed.resolve();
  });
  await polls.start();
  let isStopping = false;
  const worker = resumed.promise
    .then(async () => {
      await polls.stop();
      await app.close();
      await close();
      if (isStopping) return undefined;
      log.info("worker.resumed");
      return await startWorker();
    })
    .catch((cause: unknown) => {
      log.error("role.crashed", { cause });
      process.exit(1);
    });
  return {
    stop: async () => {
      isStopping = true;
      resumed.resolve();
      await (await worker)?.stop();
    },
  };
}
