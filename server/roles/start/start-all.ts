import { StartError } from "#db/start-error.ts";
import type { Config } from "#server/admin/settings/config.ts";
import { requireArtifacts } from "./artifacts.ts";
import { buildConsole } from "./build.ts";
import { openDataFolder } from "./data-folder.ts";
import { startDatabase } from "./database.ts";
import { greeting, pausedNote, secretsOf } from "./greeting.ts";
import { requirePorts } from "./ports.ts";
import { prepareDatabase } from "./prepare-database.ts";
import { processesOf, roleNames } from "./role.ts";
import { superviseGroup } from "./supervise-group.ts";

type Environment = Record<string, string | undefined>;

/**
 * Starts everything in order, keeps it running, and on SIGTERM, SIGINT or SIGHUP stops it in the reverse order: the roles finish their
 * work, then Postgres writes a checkpoint. Resolves when all of it has stopped.
 * @param say prints a line for the user.
 * @throws StartError
 */
export async function startAll(config: Config, env: Environment, say: (line: string) => void): Promise<void> {
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => stop.abort());
  try {
    await run(config, env, say, stop.signal);
  } catch (error) {
    if (error instanceof StartError || !stop.signal.aborted) throw error;
  }
  say("Leeway has stopped.");
}

async function run(config: Config, env: Environment, say: (line: string) => void, stop: AbortSignal): Promise<void> {
  await using opened = new AsyncDisposableStack();
  const lock = await openDataFolder(config.dataDir, !config.databaseUrl);
  opened.defer(lock.release);
  // The roles of a killed Leeway notice its end and drain.
  await requirePorts(
    roleNames,
    config,
    lock.isImported ? (config.drainNoticeSeconds + config.drainSeconds + 5) * 1000 : 0,
  );
  await requireArtifacts(config.artifacts);
  const database = await startDatabase(config, say);
  opened.defer(database.stop);
  const first = await prepareDatabase(config, database.url);
  const showsSecrets = process.stdout.isTTY === true;
  let isGreeted = false;
  opened.defer(() => {
    if (!isGreeted && first.token) say(secretsOf(config, first, showsSecrets));
  });
  // After the database, which is there in seconds and may be what is in the way.
  if (!config.isDevelopment) {
    const announce = () =>
      say("Building the console. This happens only on the first start and after upgrades, and takes a minute or two.");
    await buildConsole(announce, stop);
  }
  stop.throwIfAborted();
  const environment = roleEnvironment(config, env, database.url);
  const roles = new Map(
    roleNames.map((name) => [name, superviseGroup(name, processesOf(name, config), environment)] as const),
  );
  opened.defer(async () => void (await Promise.all([...roles.values()].map((role) => role.stop()))));
  const stopped = new Promise<void>((resolve) => {
    if (stop.aborted) resolve();
    stop.addEventListener("abort", () => resolve(), { once: true });
  });
  await Promise.race([stopped, Promise.all([...roles.values()].map((role) => role.ready))]);
  stop.throwIfAborted();
  say(greeting(config, first, showsSecrets));
  if (first.restored?.isPaused) say(pausedNote(first.restored));
  isGreeted = true;
  if (config.isDevelopment) {
    const { restartOnChange } = await import("./dev/restart-on-change.ts");
    const stopWatching = restartOnChange({
      restart: (name) => roles.get(name)?.restart(),
      migrate: async () => void (await prepareDatabase(config, database.url)),
      say,
    });
    opened.defer(stopWatching);
  }
  await stopped;
  say("Shutting down: finishing work in progress.");
}

function roleEnvironment(config: Config, env: Environment, databaseUrl: string): NodeJS.ProcessEnv {
  return { ...env, DATABASE_URL: databaseUrl, NODE_ENV: config.isDevelopment ? "development" : "production" };
}
