import Fastify from "fastify";
import { expect, test } from "vitest";
import type { Context } from "#server/base/context.ts";
import { configureLog } from "#server/base/log.ts";
import { alertmanagerPlugin } from "./alertmanager/plugin.ts";
import { mlflowPlugin } from "./mlflow/plugin.ts";
import type { WebDependencies } from "./server.ts";
import { v1Plugin } from "./v1/plugin.ts";

configureLog({ role: "test", level: "silent" });

const deps = {
  config: { publicUrl: "http://leeway.test", notifications: { rules: {} } },
  pool: { waitingCount: 0 },
  authenticate: async () => ({ actor: { workspaceId: "w" } }) as Context,
} as unknown as WebDependencies;

const app = Fastify();
await app.register((scope) => v1Plugin(scope, deps), { prefix: "/api/v1" });
await app.register((scope) => mlflowPlugin(scope, deps));
await app.register((scope) => alertmanagerPlugin(scope, deps));

const post = (url: string, payload: string) =>
  app.inject({ method: "POST", url, headers: { "content-type": "application/json" }, payload });

const deep = "[".repeat(5_000) + "]".repeat(5_000);
const message = "JSON can be at most 100 levels deep.";
const ofMlflow = { error_code: "INVALID_PARAMETER_VALUE", message };

test.each([
  ["the REST API", "/api/v1/playground-runs", `{"inputs":[${deep}]}`, { error: { code: "invalid", message } }],
  ["the MLflow API", "/api/2.0/mlflow/experiments/create", `{"name":${deep}}`, ofMlflow],
  ["the MLflow API, packed", "/api/2.0/mlflow/experiments/create", JSON.stringify(`{"name":${deep}}`), ofMlflow],
  [
    "the MLflow API, in an argument",
    "/api/3.0/mlflow/datasets/d/records",
    JSON.stringify({ records: `[{"inputs":{"a":${deep}}}]` }),
    ofMlflow,
  ],
  [
    "the MLflow API, in an expectation",
    "/api/3.0/mlflow/traces/t/assessments",
    JSON.stringify({ assessment: { assessment_name: "a", expectation: { serialized_value: { value: deep } } } }),
    ofMlflow,
  ],
  ["the Alertmanager API", "/api/v2/alerts", `[{"labels":{"a":${deep}}}]`, message],
])("%s rejects JSON that is too deep", async (_api, url, body, expected) => {
  const response = await post(url, body);
  expect([response.statusCode, response.json()]).toEqual([400, expected]);
});

test("the REST API takes an empty body for none, and a route that needs one says what is missing", async () => {
  const start = await post("/api/v1/game-days/0/start", "");
  expect(start.json()).toMatchObject({ error: { code: "invalid", message: expect.stringContaining("number: ") } });
  const plan = await post("/api/v1/game-days", "");
  expect(plan.statusCode).toBe(400);
  expect(plan.json()).toMatchObject({ error: { code: "invalid", message: expect.stringContaining("hypothesis: ") } });
  expect((await post("/api/v2/alerts", "")).statusCode).toBe(400);
});

test("the REST API still rejects text that is not JSON, and a body over the limit", async () => {
  for (const [body, status] of [
    ["{", 400],
    [" ", 400],
    [`"${"x".repeat(2 ** 20)}"`, 413],
  ] as const) {
    expect((await post("/api/v1/playground-runs", body)).statusCode).toBe(status);
  }
});
