import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { StartError } from "#db/start-error.ts";
import { type BackOff, backOff } from "#server/base/back-off.ts";
import { log } from "#server/base/log.ts";
import { Heartbeat, heartbeatIntervalMs } from "./heartbeat.ts";
import { isDebugged, settingsOf } from "./process-settings.ts";
import type { RoleName } from "./role.ts";

export interface SupervisedRole {
  /** Resolves when the role is ready for the first time; rejects with a StartError when it keeps failing before that. */
  ready: Promise<void>;
  /** Requests the role to finish its work and exit. Resolves when it has. */
  stop(): Promise<void>;
  /** Stops the process and starts a new one at once; earlier failures no longer count. */
  restart(): void;
  /** Sends the process a message; one that is not there gets none. */
  send(message: object): void;
}

const maxFailedStarts = 3;
/** Before a role, or the embedded Postgres, is started again. */
export const restartMs: BackOff = { first: 100, longest: 5_000 };
/** A role that ran this long has recovered from whatever ended it before. */
const steadyMs = 30_000;
const main = fileURLToPath(new URL("../../main.ts", import.meta.url));

/**
 * Runs a role in a process of its own, and again whenever it ends, after a delay that doubles with each failure in a row.
 * Kills a process that no longer sends messages, unless it is debugged.
 * @param onMessage gets what the process says besides "ready" and "alive"
 */
export function supervise(
  name: RoleName,
  env: NodeJS.ProcessEnv,
  onMessage: (message: object) => void = () => {},
): SupervisedRole {
  const settings = settingsOf(name, env);
  const ready = Promise.withResolvers<void>();
  ready.promise.catch(() => {});
  let wasReady = false;
  let isStopping = false;
  let isRestarting = false;
  let failures = 0;
  let child: ChildProcess;
  let timer: NodeJS.Timeout | undefined;
  let ended = Promise.withResolvers<void>();

  function run(): void {
    const startedAt = performance.now();
    ended = Promise.withResolvers();
    child = spawn(process.execPath, [...settings.options, main, name], {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      env: settings.env,
    });
    const heartbeat = new Heartbeat(startedAt);
    const checks = setInterval(() => {
      const silenceMs = heartbeat.check(performance.now());
      if (silenceMs === null || isDebugged(settings.env)) return;
      clearInterval(checks);
      log.warn("role.unresponsive", { child: name, silenceMs: Math.round(silenceMs) });
      // Unlike SIGTERM, this also ends a suspended process.
      child.kill("SIGKILL");
    }, heartbeatIntervalMs);
    child.on("message", (message) => {
      heartbeat.beat(performance.now());
      if (message === "alive") return;
      if (message !== "ready") return onMessage(message as object);
      heartbeat.ready();
      wasReady = true;
      ready.resolve();
    });
    // "error" is emitted instead of "exit" when the process could not be started.
    child.once("error", (cause) => finish({ cause }));
    child.once("exit", (code, signal) => finish({ code, signal }));
    const finish = (fields: Record<string, unknown>) => {
      clearInterval(checks);
      ended.resolve();
      if (isStopping) return;
      if (isRestarting) {
        isRestarting = false;
        run();
        return;
      }
      failures = performance.now() - startedAt > steadyMs ? 1 : failures + 1;
      if (!wasReady && failures >= maxFailedStarts) {
        ready.reject(new StartError(`The role "${name}" failed to start. See its output above.`));
        return;
      }
      const restartInMs = backOff(failures, restartMs);
      log.warn("role.ended", { child: name, ...fields, restartInMs });
      timer = setTimeout(run, restartInMs);
    };
  }

  run();
  return {
    ready: ready.promise,
    stop: async () => {
      isStopping = true;
      clearTimeout(timer);
      child.kill("SIGTERM");
      await ended.promise;
    },
    restart: () => {
      if (isStopping) return;
      failures = 0;
      if (child.exitCode === null && child.signalCode === null) {
        isRestarting = true;
        child.kill("SIGTERM");
        return;
      }
      clearTimeout(timer);
      run();
    },
    send: (message) => void (child.connected && child.send(message, () => {})),
  };
}
