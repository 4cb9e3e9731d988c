import { readFile } from "node:fs/promises";
import { zipPackage } from "#server/improve/training/packages/zip-package.ts";
import type { TrainingProgram } from "../training/training-program.ts";

/** Makes the package that retraining runs: a script of Python's standard library alone. Its rows are the job's dataset. */
export async function retrainingProgram(): Promise<TrainingProgram> {
  const files = new Map([["retrain.py", await readFile(new URL("./retrain.py", import.meta.url))]]);
  return { files, ...(await zipPackage(files)) };
}
