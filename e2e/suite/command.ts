import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { delimiter, relative, resolve } from "node:path";
import type { Outcome } from "./outcome.ts";

const path = `${resolve("node_modules/.bin")}${delimiter}${process.env.PATH ?? ""}`;

/** Runs a program with the project's own binaries first on the path, its output passed through. @returns its exit code. */
export function execute(program: string, args: string[], env: Record<string, string> = {}): Promise<number> {
  console.log(`\n$ ${program} ${args.join(" ")}`);
  return new Promise((done) => {
    const child = spawn(program, args, {
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...process.env, PATH: path, ...env },
    });
    child.on("error", (error) => {
      console.error(error.message);
      done(127);
    });
    child.on("exit", (code) => done(code ?? 1));
  });
}

/** Runs a check that passes or fails as a unit. */
export async function runCommand(suite: string, program: string, args: string[]): Promise<Outcome> {
  const startedAt = Date.now();
  const ok = (await execute(program, args)) === 0;
  return { suite, passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: [], seconds: (Date.now() - startedAt) / 1000 };
}

interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  success: boolean;
  testResults: {
    name: string;
    message: string;
    assertionResults: { status: string; fullName: string; failureMessages?: string[] }[];
  }[];
}

/** Runs vitest and reads its counts. A run that ends with an error but without a failed test counts as one failure. */
export async function runVitest(suite: string, args: string[]): Promise<Outcome> {
  const startedAt = Date.now();
  const file = `.cache/results/${suite}.json`;
  rmSync(file, { force: true });
  const code = await execute("vitest", [
    "run",
    ...args,
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${file}`,
  ]);
  const seconds = (Date.now() - startedAt) / 1000;
  if (!existsSync(file)) return { suite, passed: 0, failed: 1, skipped: [], seconds };
  const result = JSON.parse(readFileSync(file, "utf8")) as VitestReport;
  const skipped = result.testResults
    .flatMap((one) => one.assertionResults)
    .filter((one) => one.status === "skipped" || one.status === "pending")
    .map((one) => one.fullName);
  const failed = Math.max(result.numFailedTests, code === 0 ? 0 : 1);
  return { suite, passed: result.numPassedTests, failed, skipped, failures: failuresIn(result), seconds };
}

/** Lists each failed test with the first line of its reason, and files that failed before any test. */
function failuresIn({ testResults }: VitestReport): string[] {
  return testResults.flatMap(({ name, message, assertionResults }) => {
    const failed = assertionResults.filter(({ status }) => status === "failed");
    const file = relative(process.cwd(), name);
    if (failed.length === 0 && message) return [`${file}: ${firstLine(message)}`];
    return failed.map((one) => `${file}: ${one.fullName}: ${firstLine(one.failureMessages?.[0])}`);
  });
}

/** Returns the first line, at most 300 characters of it. */
function firstLine(text = ""): string {
  return (text.split("\n")[0] ?? "").slice(0, 300);
}
