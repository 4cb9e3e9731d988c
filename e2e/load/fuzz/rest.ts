import { execute } from "../../suite/command.ts";
import { pythonPrograms } from "../../suite/python.ts";
import type { Stack } from "../../suite/stack.ts";

/**
 * Schemathesis on every operation of the OpenAPI document but the stream of events, which never ends.
 * @param seconds that it may take. @throws Error when it cannot be installed.
 */
export async function fuzzRest({ url, environment }: Stack, seconds: number): Promise<void> {
  const programs = await pythonPrograms("fuzz", ["schemathesis"]);
  if (!programs) throw new Error("Schemathesis could not be installed: Python 3.10 with venv, and PyPI, are needed.");
  await execute(`${programs}/schemathesis`, [
    "run",
    `${url}/api/v1/openapi.json`,
    "--url",
    `${url}/api/v1`,
    "--header",
    `Authorization: Bearer ${environment.LEEWAY_TOKEN}`,
    "--checks",
    "not_a_server_error",
    "--phases",
    "coverage,fuzzing",
    "--continue-on-failure",
    "--max-time",
    String(Math.round(seconds)),
    "--request-timeout",
    "20",
    "--exclude-path-regex",
    "/events$",
    "--suppress-health-check",
    "all",
    "--no-shrink",
    "--report",
    "junit",
    "--report-junit-path",
    ".cache/results/schemathesis.xml",
  ]);
}
