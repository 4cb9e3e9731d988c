import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { zipPackage } from "#server/improve/training/packages/zip-package.ts";
import { demoFile } from "../recording.ts";

const run = promisify(execFile);

/** The package of the demo's training job: a zip named by its SHA-256. */
export interface TrainingProgram {
  files: ReadonlyMap<string, Buffer>;
  bytes: Buffer;
  sha256: string;
}

type Row = [digit: number, pixels: number[]];

/**
 * Makes the package: a script of Python's standard library alone, some of the digits that the models of the demo learned from, and those that none
 * of them did.
 */
export async function trainingProgram(): Promise<TrainingProgram> {
  const { rows, reference } = JSON.parse(await readFile(demoFile("digits", "samples.json"), "utf8")) as Record<
    "rows" | "reference",
    Row[]
  >;
  const files = new Map([
    ["train.py", await readFile(new URL("./train.py", import.meta.url))],
    ["train.csv", csvOf(reference)],
    ["test.csv", csvOf(rows)],
  ]);
  return { files, ...(await zipPackage(files)) };
}

function csvOf(rows: readonly Row[]): Buffer {
  return Buffer.from(rows.map(([digit, pixels]) => `${[digit, ...pixels].join(",")}\n`).join(""));
}

/** Whether this machine has a Python that the wrapper and the script run on. */
export async function hasPython(): Promise<boolean> {
  const check = "import sys; sys.exit(sys.version_info < (3, 8))";
  return run("python3", ["-c", check], { timeout: 10_000 }).then(
    () => true,
    () => false,
  );
}
