/** A thread that computes the metrics of an evaluation, which takes seconds for large sets. */
import { parentPort, workerData } from "node:worker_threads";
import type { ThreadInput } from "./evaluate-in-thread.ts";
import { evaluateRows } from "./evaluate-rows.ts";

const { task, set, run } = workerData as ThreadInput;
parentPort?.postMessage(evaluateRows(task, set, run));
