import { existsSync, readFileSync, rmSync } from "node:fs";
import { execute } from "./command.ts";
import type { Outcome } from "./outcome.ts";
import { ensurePython } from "./packages.ts";
import { pythonPrograms } from "./python.ts";
import type { Stack } from "./stack.ts";

const requirements = "e2e/clients/requirements.txt";
const requirementFiles = [requirements, "e2e/clients/requirements-training.txt"];

/** The real Python clients (mlflow, tritonclient, requests) against a running Leeway. */
export async function runClients(stack: Stack): Promise<Outcome> {
  const startedAt = Date.now();
  const result = (passed: number, failed: number, skipped: string[]): Outcome => ({
    suite: "clients",
    passed,
    failed,
    skipped,
    seconds: (Date.now() - startedAt) / 1000,
  });
  if (!ensurePython()) return result(0, 0, ["No Python 3.10 or newer with venv. Install python3 and python3-venv."]);
  const programs = pythonPrograms("venv", ["-r", requirements], requirementFiles);
  if (!programs) return result(0, 0, ["The Python packages could not be installed."]);
  const file = ".cache/results/clients.xml";
  rmSync(file, { force: true });
  const code = await execute(
    `${programs}/python`,
    ["-m", "pytest", "e2e/clients", "-q", `--junitxml=${file}`],
    stack.environment,
  );
  const report = existsSync(file) ? readFileSync(file, "utf8") : "";
  const count = (name: string) => Number(new RegExp(`<testsuite [^>]*\\b${name}="(\\d+)"`).exec(report)?.[1] ?? 0);
  const failed = count("failures") + count("errors");
  const skipped = [...report.matchAll(/<skipped [^>]*message="([^"]*)"/g)].map((match) => match[1] ?? "");
  return result(count("tests") - failed - skipped.length, Math.max(failed, code === 0 ? 0 : 1), skipped);
}
