import { basename } from "node:path";
import { Worker } from "node:worker_threads";
import { childEnvironment } from "#server/base/child-environment.ts";
import type { ProcessStarter } from "#server/base/confinement/confined-processes.ts";
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
  /** The thread or process has ended, for whatever reason. @param cause if it is known why */
  ended(cause?: EndCause): void;
}

/** memory: it held too much and was killed; killed: the system or someone killed it; aborted: it stopped itself, as V8 does without memory. */
export type EndCause = "memory" | "killed" | "aborted";

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

const causesBySignal: Partial<Record<NodeJS.Signals, EndCause>> = {
  SIGKILL: "killed",
  SIGABRT: "aborted",
  SIGILL: "aborted",
  SIGTRAP: "aborted",
};

const gpuLock = new SharedArrayBuffer(4);

/** Starts a worker. @param script what it runs; @param processes starts those that are processes */
export function openChannel(
  kind: WorkerKind,
  script: URL,
  settings: WorkerSettings,
  processes: ProcessStarter,
): WorkerChannel {
  return kind === "thread" ? threadChannel(script, settings) : processChannel(script, settings, processes);
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
      worker.once("exit", () => ended());
    },
    kill: () => false,
  };
}

function processChannel(script: URL, settings: WorkerSettings, processes: ProcessStarter): WorkerChannel {
  let cause: EndCause | undefined;
  // It starts in the folder of the model, whose complete path it may not be able to use.
  const inFolder: WorkerSettings = { ...settings, path: basename(settings.path) };
  const child = processes.start(script, [JSON.stringify(inFolder)], () => {
    cause = "memory";
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
      child.once("exit", (_code, signal) => {
        cause ??= signal === null ? undefined : causesBySignal[signal];
        // Its last messages may arrive after its exit.
        if (child.connected) child.once("disconnect", () => ended(cause));
        else ended(cause);
      });
    },
    kill: () => child.kill("SIGKILL"),
  };
}
