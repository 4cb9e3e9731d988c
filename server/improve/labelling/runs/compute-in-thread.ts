import { Worker } from "node:worker_threads";
import { childEnvironment } from "#server/base/child-environment.ts";
import { type ComputedRun, computeRun } from "./compute-run.ts";
import type { RunInput } from "./run-input.ts";

/** Answers up to which a run takes less time than starting a thread. */
const fewAnswers = 2000;
const maxMemoryMib = 2048;
const maxSeconds = 600;

/** Computes a run, in a thread unless it is small. @throws Error when the thread fails, or takes longer than ten minutes */
export function computeInThread(input: RunInput): Promise<ComputedRun> {
  if (input.answers.task.length + input.taskIds.length <= fewAnswers) return Promise.resolve(computeRun(input));
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./run-thread.ts", import.meta.url), {
      workerData: input,
      env: childEnvironment(),
      resourceLimits: { maxOldGenerationSizeMb: maxMemoryMib },
    });
    const timer = setTimeout(() => {
      reject(new Error("The label run took longer than ten minutes."));
      void worker.terminate();
    }, maxSeconds * 1000);
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.once("exit", () => {
      clearTimeout(timer);
      reject(new Error("The thread of a label run ended without results."));
    });
  });
}
