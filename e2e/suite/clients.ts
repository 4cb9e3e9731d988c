import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { execute } from "./command.ts";
import type { Outcome } from "./outcome.ts";
import { ensurePython } from "./packages.ts";
import type { Stack } from "./stack.ts";

const requirements = "e2e/clients/requirements.txt";
const requirementFiles = [requirements, "e2e/clients/requirements-training.txt"];
const environment = resolve(".cache/venv");

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
  const python = ensurePython();
  if (!python) return result(0, 0, ["No Python 3.10 or newer with venv. Install python3 and python3-venv."]);
  if (!prepareEnvironment(python)) return result(0, 0, ["The Python packages could not be installed."]);
  const file = ".cache/results/clients.xml";
  rmSync(file, { force: true });
  const code = await execute(
    `${environment}/bin/python`,
    ["-m", "pytest", "e2e/clients", "-q", `--junitxml=${file}`],
    stack.environment,
  );
  const report = existsSync(file) ? readFileSync(file, "utf8") : "";
  const count = (name: string) => Number(new RegExp(`<testsuite [^>]*\\b${name}="(\\d+)"`).exec(report)?.[1] ?? 0);
  const failed = count("failures") + count("errors");
  const skipped = [...report.matchAll(/<skipped [^>]*message="([^"]*)"/g)].map((match) => match[1] ?? "");
  return result(count("tests") - failed - skipped.length, Math.max(failed, code === 0 ? 0 : 1), skipped);
}

/** Makes the virtual environment once per content of the requirements. */
function prepareEnvironment(python: string): boolean {
  const wanted = createHash("sha256")
    .update(requirementFiles.map((file) => readFileSync(file, "utf8")).join())
    .digest("hex");
  const stamp = `${environment}/requirements.sha256`;
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return true;
  console.log("Preparing the Python environment …");
  rmSync(environment, { recursive: true, force: true });
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements];
  const ok =
    spawnSync(python, ["-m", "venv", environment], { stdio: "inherit" }).status === 0 &&
    spawnSync(`${environment}/bin/python`, pip, { stdio: "inherit" }).status === 0;
  if (ok) writeFileSync(stamp, wanted);
  return ok;
}
