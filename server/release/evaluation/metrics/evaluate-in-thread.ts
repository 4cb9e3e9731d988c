import { Worker } from "node:worker_threads";
import { childEnvironment } from "#server/base/child-environment.ts";
import type { EvaluationResult, EvaluationTask } from "../contract.ts";
import type { RunRows } from "../runs/score-rows.ts";
import type { SetRows } from "../sets/set-rows.ts";
import { evaluateRows } from "./evaluate-rows.ts";

/** Rows, counted for each segment once more, up to which metrics take less time than starting a thread. */
const fewRows = 50_000;
const maxMemoryMib = 4096;
const maxMinutes = 60;

/** What the thread gets. */
export interface ThreadInput {
  task: EvaluationTask;
  set: SetRows;
  run: RunRows;
}

/**
 * Computes the result of an evaluation as evaluateRows does, in a thread unless it is small: intervals of large sets take seconds, in which no lease
 * would be renewed.
 * @param signal ends the thread
 * @throws Error when the thread fails, is ended, or takes longer than an hour
 */
export function evaluateInThread(
  task: EvaluationTask,
  set: SetRows,
  run: RunRows,
  signal: AbortSignal,
): Promise<EvaluationResult> {
  if (set.rows * (1 + set.head.segments.length) <= fewRows) return Promise.resolve(evaluateRows(task, set, run));
  return new Promise((resolve, reject) => {
    const workerData: ThreadInput = { task, set, run };
    const worker = new Worker(new URL("./evaluate-thread.ts", import.meta.url), {
      workerData,
      env: childEnvironment(),
      resourceLimits: { maxOldGenerationSizeMb: maxMemoryMib },
    });
    const stop = (why: string) => {
      reject(new Error(why));
      void worker.terminate();
    };
    const timer = setTimeout(() => stop(`The metrics took longer than ${maxMinutes} minutes.`), maxMinutes * 60_000);
    const abort = () => stop("The run belongs to another runner now.");
    signal.addEventListener("abort", abort, { once: true });
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.once("exit", () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
      reject(new Error("The thread of an evaluation ended without results."));
    });
  });
}
