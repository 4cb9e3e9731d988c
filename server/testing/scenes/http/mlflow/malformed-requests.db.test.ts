import { expect, test } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import { configureLog } from "#server/base/log.ts";
import { createRegisteredModel } from "#server/develop/registry/models/create-registered-model.ts";
import { seededRandom } from "#server/stats/random.ts";
import { newRun } from "#server/testing/scenes/tracking/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { calls } from "../../../../http/mlflow/calls.ts";
import { oddRequest } from "./malformed-requests.ts";
import { mlflowServer } from "./testing.ts";

configureLog({ role: "test", level: "silent" });

const perCall = 25;

function isRefusal({ statusCode, body }: { statusCode: number; body: string }): boolean {
  if (statusCode < 400 || statusCode >= 500 || !body.startsWith("{")) return false;
  const { error_code, message } = JSON.parse(body) as { error_code?: unknown; message?: unknown };
  return typeof error_code === "string" && typeof message === "string";
}

test("whatever the arguments of a call, the answer is 200 or a refusal as MLflow writes it", async () => {
  const { db } = await freshDatabase();
  const ctx = await newWorkspace(db);
  const { runId, experimentId } = await newRun(ctx);
  await createRegisteredModel(ctx, { name: "model" });
  const app = await mlflowServer(ctx);
  const plausible = {
    run_id: [runId],
    experiment_id: [String(experimentId), "0"],
    experiment_ids: [[String(experimentId)]],
    name: ["model"],
    version: ["1"],
    key: ["loss"],
    metric_key: ["loss"],
  };
  const random = seededRandom(3);
  const wrong: unknown[] = [];
  for (const call of calls) {
    for (let time = 0; time < perCall; time++) {
      const { body, ...request } = oddRequest(random, call, plausible);
      const answer = await app.inject({ ...request, ...(body !== undefined && { payload: body }) });
      if (answer.statusCode === 200 || isRefusal(answer)) continue;
      // What an argument makes of the path may be the path of no call, which MLflow answers with a page.
      if (call.path.includes(":") && [404, 405].includes(answer.statusCode)) continue;
      wrong.push([
        request.method,
        request.url.slice(0, 200),
        answer.statusCode,
        answer.body.slice(0, 200),
        body?.slice(0, 500),
      ]);
    }
  }
  expect(wrong).toEqual([]);
}, 120_000);
