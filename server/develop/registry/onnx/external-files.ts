import { Worker } from "node:worker_threads";
import { childEnvironment } from "#server/base/child-environment.ts";

/**
 * Lists the external weight files of an ONNX file, as paths relative to its folder. Runs in a thread, since reading blocks.
 * Empty for a file that is not ONNX: loading it will report the problem.
 */
export function externalFilesOf(path: string): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./external-files-worker.ts", import.meta.url), {
      workerData: path,
      env: childEnvironment(),
    });
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.once("exit", () => reject(new Error("The thread that reads the model's outline exited without a result.")));
  });
}
