import { Worker } from "node:worker_threads";
import { childEnvironment } from "#server/base/child-environment.ts";
import type { EvaluationResult, EvaluationTask } from "../contract.ts";
import type { RunRows } from "../runs/score-rows.ts";
import type { SetRows } from "../sets/set-rows.ts";
import { evaluateRows } from "./evaluate-rows.ts";

/** Rows, counted for each segment once more, up to which metrics take less time than starting a thread. */
const fewRows = 50_000;
/** Characters of stored boxes, some 30 each, up to which their bootstrap takes less time than starting a thread. */
const fewCharacters = 60_000;
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
  if (isSmall(task, set, run)) return Promise.resolve(evaluateRows(task, set, run));
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

/** Of boxes, the work depends on how many were predicted: a picture has up to 300. */
function isSmall(task: EvaluationTask, { rows, head }: SetRows, { columns }: RunRows): boolean {
  if (rows * (1 + head.segments.length) > fewRows) return false;
  if (task.kind !== "boxes") return true;
  let characters = 0;
  for (const text of columns.found as readonly string[]) characters += text.length;
  return characters <= fewCharacters;
}
