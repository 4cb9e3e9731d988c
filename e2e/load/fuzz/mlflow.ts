import { calls } from "#server/http/mlflow/calls.ts";
import { seededRandom } from "#server/stats/random.ts";
import { malformedRequest } from "#server/testing/fixtures/http/mlflow/malformed-requests.ts";
import type { Stack } from "../../suite/stack.ts";

const callers = 4;

/** Sends unusual arguments to every MLflow call, repeatedly. @returns responses that are neither a success nor an MLflow error. */
export async function fuzzMlflow({ url, environment }: Stack, seconds: number): Promise<string[]> {
  const authorization = `Bearer ${environment.LEEWAY_TOKEN}`;
  const plausible = await mlflowFixture(url, authorization);
  const endsAt = Date.now() + seconds * 1000;
  const wrong = new Set<string>();
  const one = async (seed: number) => {
    const random = seededRandom(seed);
    for (let turn = 0; Date.now() < endsAt; turn++) {
      const call = calls[turn % calls.length] as (typeof calls)[number];
      const { method, url: path, headers, body } = malformedRequest(random, call, plausible);
      const response = await fetch(`${url}${path}`, {
        method,
        headers: { ...headers, authorization },
        body: body ?? null,
        redirect: "manual",
      });
      const text = await response.text();
      if (!isPrediction(response.status, text))
        wrong.add(`${method} ${path.slice(0, 200)} ${response.status} ${body?.slice(0, 300)}`);
    }
  };
  await Promise.all(Array.from({ length: callers }, (_, seed) => one(seed + 1)));
  return [...wrong];
}

/** Returns whether a response is valid. An argument may turn the path into that of no call, to which MLflow responds with a page. */
function isPrediction(status: number, text: string): boolean {
  if (status === 200 || status === 404 || status === 405) return true;
  if (status < 400 || status >= 500 || !text.startsWith("{")) return false;
  const { error_code, message } = JSON.parse(text) as { error_code?: unknown; message?: unknown };
  return typeof error_code === "string" && typeof message === "string";
}

/** Creates a run and a model, so that some arguments are valid. */
export async function mlflowFixture(url: string, authorization: string): Promise<Record<string, unknown[]>> {
  const send = async (path: string, body: object) => {
    const headers = { authorization, "content-type": "application/json" };
    const response = await fetch(`${url}/api/2.0/mlflow/${path}`, {
      method: "POST",
      headers,
      body: JSON.stringify(body),
    });
    return (await response.json()) as { run?: { info: { run_id: string } }; experiment_id?: string };
  };
  const { experiment_id: experiment = "0" } = await send("experiments/create", { name: "fuzzed" });
  const { run } = await send("runs/create", { experiment_id: experiment });
  await send("registered-models/create", { name: "fuzzed" });
  await send("model-versions/create", { name: "fuzzed", source: "models:/none" });
  const runs = [run?.info.run_id];
  return {
    run_id: runs,
    run_ids: [runs],
    experiment_id: [experiment, "0"],
    experiment_ids: [[experiment]],
    name: ["fuzzed"],
    version: ["1"],
    key: ["loss"],
    metric_key: ["loss"],
    alias: ["champion"],
    stage: ["Production", "None"],
  };
}
