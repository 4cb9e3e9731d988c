import { fork } from "node:child_process";
import { Worker } from "node:worker_threads";
import { childEnvironment } from "#server/base/child-environment.ts";
import type { FromWorker, ToWorker, WorkerSettings } from "./worker-messages.ts";

/**
 * Location of a model's workers. A thread is faster and smaller, but a native crash of the model ends the gateway and a run that never
 * ends cannot be stopped; a process can crash or be killed without affecting the gateway.
 */
export type WorkerKind = "thread" | "process";

/** The single listener of a channel. */
interface Listener {
  message(message: FromWorker): void;
  failed(error: Error): void;
  /** The thread or process has ended, for whatever reason. */
  ended(): void;
}

/** The way to a worker, wherever it runs. */
export interface WorkerChannel {
  readonly kind: WorkerKind;
  /** Id of the process; undefined for a thread. */
  readonly pid: number | undefined;
  post(message: ToWorker, transfer: ArrayBuffer[]): void;
  listen(listener: Listener): void;
  /** Kills a process immediately, whatever it does. @returns false for a thread, which must not be terminated while a model runs in it. */
  kill(): boolean;
}

const gpuLock = new SharedArrayBuffer(4);

/** Starts a worker. @param script what it runs */
export function openChannel(kind: WorkerKind, script: URL, settings: WorkerSettings): WorkerChannel {
  return kind === "thread" ? threadChannel(script, settings) : processChannel(script, settings);
}

function threadChannel(script: URL, settings: WorkerSettings): WorkerChannel {
  const worker = new Worker(script, {
    workerData: { ...settings, gpuLock } satisfies WorkerSettings,
    env: childEnvironment(),
  });
  return {
    kind: "thread",
    pid: undefined,
    post: (message, transfer) => worker.postMessage(message, transfer),
    listen: ({ message, failed, ended }) => {
      worker.on("message", message);
      // "exit" follows; without a listener an error in the thread would end the process.
      worker.on("error", (error) => failed(error as Error));
      worker.once("exit", ended);
    },
    kill: () => false,
  };
}

function processChannel(script: URL, settings: WorkerSettings): WorkerChannel {
  const child = fork(script, [JSON.stringify(settings)], {
    // Typed arrays as they are, without a detour over JSON.
    serialization: "advanced",
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    execArgv: [],
    env: childEnvironment(),
  });
  return {
    kind: "process",
    pid: child.pid,
    // A process that has just died receives no more messages; "exit" reports its end.
    post: (message) => void (child.connected && child.send(message, () => {})),
    listen: ({ message, failed, ended }) => {
      child.on("message", (received) => message(received as FromWorker));
      child.on("error", (error) => {
        failed(error);
        // A process that never started has no "exit".
        if (child.pid === undefined) ended();
      });
      // Its last messages may arrive after its exit.
      child.once("exit", () => (child.connected ? child.once("disconnect", ended) : ended()));
    },
    kill: () => child.kill("SIGKILL"),
  };
}
