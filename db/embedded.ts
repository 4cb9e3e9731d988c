import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, closeSync, constants, openSync } from "node:fs";
import { readFile, rename, stat } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { appRole, prepareAppRole } from "./app-role.ts";
import { freePort } from "./free-port.ts";
import { findPostgres } from "./postgres-binaries.ts";
import { initialise, readPasswords, requireOwnFolder, serverEnvironment } from "./postgres-folder.ts";
import { refusalIn } from "./postgres-messages.ts";
import { postgresUser, type SystemUser } from "./postgres-user.ts";
import { stopLeftover, stopServer } from "./postmaster.ts";

export interface EmbeddedPostgres {
  /** As the role that owns the database, which is no superuser. */
  url: string;
  /** As the superuser, for start-up tasks and tests. Roles are not handed it. */
  adminUrl: string;
  port: number;
  /** Process of the server itself. */
  pid: number;
  /** Process of an earlier instance that was still running, and was stopped. */
  leftover: number | undefined;
  /** Resolves when the server exits, for whatever reason. */
  exited: Promise<void>;
  /** Ends connections, writes a checkpoint, and stops. */
  stop(): Promise<void>;
}

interface Options {
  /** Folder of the server's files; it need not exist yet. */
  dataFolder: string;
  logFile: string;
  /** Default: any free one. */
  port?: number | undefined;
  /** Whether the server's files are not needed afterwards: the server is faster, and its data is lost when the machine fails. */
  isTemporary?: boolean;
}

const largestLogBytes = 10 * 1024 * 1024;
/** Backends of a server that was killed let go of its shared memory within moments. */
const handOverMs = 30_000;

const settings = { listen_addresses: "127.0.0.1", unix_socket_directories: "", timezone: "UTC" };
const temporarySettings = { fsync: "off", synchronous_commit: "off", full_page_writes: "off", max_connections: "200" };

/**
 * Starts a real Postgres from npm's binaries on a data folder, which is created if it does not exist.
 * It listens on the loopback address only. The caller holds the lock of the folder.
 * @throws StartError when it cannot start: a folder of another major version, missing permissions, or missing binaries.
 */
export async function startEmbeddedPostgres(options: Options): Promise<EmbeddedPostgres> {
  const { dataFolder, logFile, isTemporary = false } = options;
  const user = await postgresUser(dataFolder);
  const binaries = await findPostgres(user);
  await initialise(dataFolder, binaries, user, isTemporary ? ["--no-sync"] : []);
  await requireOwnFolder(dataFolder, binaries);
  const leftover = await stopLeftover(dataFolder);
  const port = options.port ?? (await freePort());
  const { admin, app } = await readPasswords(dataFolder, user);
  const urlOf = (role: string, password: string) => `postgres://${role}:${password}@127.0.0.1:${port}/leeway`;
  const [url, adminUrl] = [urlOf(appRole, app), urlOf("leeway", admin)];
  const flags = Object.entries({ ...settings, ...(isTemporary && temporarySettings) });
  const serverArguments = [
    "-D",
    dataFolder,
    "-p",
    String(port),
    ...flags.flatMap(([name, value]) => ["-c", `${name}=${value}`]),
  ];
  for (const giveUpAt = Date.now() + handOverMs; ; await pause(250)) {
    const logStart = await rotate(logFile);
    const server = spawnServer(binaries.postgres, serverArguments, user, logFile);
    const exited = new Promise<void>((resolve) => server.once("exit", () => resolve()));
    if (await becomesReady(adminUrl, server)) {
      try {
        await prepareAppRole(adminUrl, app);
      } catch (cause) {
        await stop(server, exited);
        throw cause;
      }
      return { url, adminUrl, port, pid: server.pid ?? 0, leftover, exited, stop: () => stop(server, exited) };
    }
    const said = (await readFile(logFile, "utf8")).slice(logStart);
    if (said.includes("pre-existing shared memory block") && Date.now() < giveUpAt) continue;
    throw refusalIn(said, "did not start", dataFolder, ` More in ${logFile}.`);
  }
}

/**
 * Detached, so that Ctrl+C in the terminal reaches only the supervisor, which stops the roles first. Where the system has
 * setpriv (util-linux), a server whose supervisor is killed stops automatically once its last connection is closed.
 */
function spawnServer(
  postgres: string,
  serverArguments: readonly string[],
  user: SystemUser | undefined,
  logFile: string,
): ChildProcess {
  const guard = ["/usr/bin/setpriv", "/bin/setpriv"].find(isExecutable);
  const [command, ...before] = guard ? [guard, "--pdeathsig", "TERM", postgres] : [postgres];
  const log = openSync(logFile, "a", 0o600);
  try {
    return spawn(command, [...before, ...serverArguments], {
      ...user,
      cwd: "/",
      stdio: ["ignore", log, log],
      detached: true,
      env: serverEnvironment,
    });
  } finally {
    closeSync(log);
  }
}

/** Waits until the database can be used, making it the first time. @returns false when the server ended instead. */
async function becomesReady(url: string, server: ChildProcess): Promise<boolean> {
  let isUp = true;
  server.once("exit", () => {
    isUp = false;
  });
  const maintenance = new URL(url);
  maintenance.pathname = "postgres";
  for (; isUp; await pause(25)) {
    const client = new pg.Client({ connectionString: maintenance.href, connectionTimeoutMillis: 2_000 });
    try {
      await client.connect();
      const { rowCount } = await client.query("select from pg_database where datname = 'leeway'");
      if (rowCount === 0) await client.query("create database leeway");
      return true;
    } catch {
      // The server is not listening yet, or is recovering from a crash, which has no time limit.
    } finally {
      await client.end().catch(() => {});
    }
  }
  return false;
}

async function stop(server: ChildProcess, exited: Promise<void>): Promise<void> {
  if (server.exitCode === null && server.signalCode === null && server.pid) await stopServer(server.pid);
  await exited;
}

/** Sets a long log aside. @returns where the next line will start. */
async function rotate(logFile: string): Promise<number> {
  const size = (await stat(logFile).catch(() => undefined))?.size ?? 0;
  if (size < largestLogBytes) return size;
  await rename(logFile, `${logFile}.old`);
  return 0;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
