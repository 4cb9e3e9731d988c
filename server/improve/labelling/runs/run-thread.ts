/** A thread that computes a label run, which takes seconds for large projects. */
import { parentPort, workerData } from "node:worker_threads";
import { computeRun } from "./compute-run.ts";
import type { RunInput } from "./run-input.ts";

parentPort?.postMessage(computeRun(workerData as RunInput));
