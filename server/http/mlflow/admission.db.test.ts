import { expect, test } from "vitest";
import { configureLog } from "#server/base/log.ts";
import { newRun } from "#server/testing/fixtures/tracking/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { mlflowServer } from "../../testing/fixtures/http/mlflow/testing.ts";

configureLog({ role: "test", level: "silent" });

test(
  "rejects concurrent writes above the limit with Retry-After, and stores nothing of them",
  inWorkspace(async (ctx) => {
    const { runId } = await newRun(ctx);
    const one = { requests: 1, bytes: 10_000 };
    const app = await mlflowServer(ctx, {}, { all: one, workspace: one });
    const write = (step: number) =>
      app.inject({
        method: "POST",
        url: "/api/2.0/mlflow/runs/log-metric",
        payload: { run_id: runId, key: "loss", value: 1, timestamp: 1, step },
      });
    const predictions = await Promise.all([write(0), write(1), write(2)]);
    expect(predictions.map(({ statusCode }) => statusCode).toSorted()).toEqual([200, 429, 429]);
    const refused = predictions.find(({ statusCode }) => statusCode === 429);
    expect(Number(refused?.headers["retry-after"])).toBeGreaterThanOrEqual(1);
    expect(refused?.json().error_code).toBe("REQUEST_LIMIT_EXCEEDED");
    expect((await write(3)).statusCode).toBe(200);
    const url = `/api/2.0/mlflow/metrics/get-history?run_id=${runId}&metric_key=loss`;
    expect((await app.inject({ url })).json().metrics).toHaveLength(2);
  }),
);

test(
  "does not count searches and reads as writes, and frees the bytes of rejected bodies",
  inWorkspace(async (ctx) => {
    const one = { requests: 1, bytes: 10_000 };
    const app = await mlflowServer(ctx, {}, { all: one, workspace: one });
    const search = () =>
      app.inject({ method: "POST", url: "/api/2.0/mlflow/experiments/search", payload: { max_results: 5 } });
    const predictions = await Promise.all([search(), search(), search()]);
    expect(predictions.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200]);
    const broken = { method: "POST", url: "/api/2.0/mlflow/runs/log-metric", body: "{" } as const;
    for (let time = 0; time < 3; time++) {
      const response = await app.inject({ ...broken, headers: { "content-type": "application/json" } });
      expect(response.statusCode).toBe(400);
    }
  }),
);
