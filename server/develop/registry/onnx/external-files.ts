import { Worker } from "node:worker_threads";

/**
 * Names of the files of weights that an ONNX file needs beside it, as paths from its folder. Read in a thread, since reading blocks.
 * None for what is no ONNX file: whoever opens it will say so.
 */
export function externalFilesOf(path: string): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./external-files-worker.ts", import.meta.url), { workerData: path });
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.once("exit", () => reject(new Error("The thread that reads a model's outline ended without an answer.")));
  });
}
