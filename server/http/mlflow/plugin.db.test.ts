import { mkdtemp, rm } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Pool } from "pg";
import { expect, onTestFinished, test, vi } from "vitest";
import { openDatabase } from "#db/client.ts";
import { freePort } from "#db/free-port.ts";
import { DomainError } from "#server/base/errors.ts";
import { configureLog } from "#server/base/log.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { newRun } from "#server/testing/fixtures/tracking/testing.ts";
import { as, inWorkspace } from "#server/testing/testing.ts";
import { mlflowServer } from "../../testing/fixtures/http/mlflow/testing.ts";

configureLog({ role: "test", level: "silent" });

const search = "/api/2.0/mlflow/experiments/search";
const json = { "content-type": "application/json" };

test(
  "returns 401 as JSON with a Basic challenge to an unknown caller",
  inWorkspace(async (ctx) => {
    const app = await mlflowServer(ctx, {
      authenticate: async () => {
        throw new DomainError("unauthenticated", "Sign in.");
      },
    });
    const response = await app.inject({ method: "POST", url: search, payload: {} });
    expect([response.statusCode, response.json()]).toEqual([
      401,
      { error_code: "UNAUTHENTICATED", message: "Sign in." },
    ]);
    expect(response.headers["www-authenticate"]).toBe('Basic realm="mlflow"');
    expect((await app.inject({ url: "/version" })).body).toMatch(/^\d+\.\d+\.\d+$/);
  }),
);

test(
  "allows a viewer to read but not to write",
  inWorkspace(async (ctx) => {
    const app = await mlflowServer(ctx, { authenticate: async () => as(ctx, "viewer") });
    expect((await app.inject({ method: "POST", url: search, payload: {} })).statusCode).toBe(200);
    const write = await app.inject({
      method: "POST",
      url: "/api/2.0/mlflow/experiments/create",
      payload: { name: "x" },
    });
    expect([write.statusCode, write.json().error_code]).toEqual([403, "PERMISSION_DENIED"]);
  }),
);

test(
  "returns 429 when too many requests wait for the database, before the pool is exhausted",
  inWorkspace(async (ctx) => {
    const app = await mlflowServer(ctx, { pool: { waitingCount: 1_000 } as Pool });
    const response = await app.inject({ method: "POST", url: search, payload: {} });
    expect([response.statusCode, response.headers["retry-after"], response.json().error_code]).toEqual([
      429,
      "1",
      "REQUEST_LIMIT_EXCEEDED",
    ]);
  }),
);

test(
  "returns 503 with Retry-After while Postgres is down",
  inWorkspace(async (ctx) => {
    const away = openDatabase(`postgres://x:x@127.0.0.1:${await freePort()}/x`, { max: 1, name: "test" });
    const app = await mlflowServer(ctx, { authenticate: async () => ({ ...ctx, db: away.db }) });
    for (const url of [search, "/api/2.0/mlflow/runs/set-tag"]) {
      const response = await app.inject({ method: "POST", url, payload: { run_id: "r", key: "k" } });
      expect([response.statusCode, response.headers["retry-after"], response.json().error_code]).toEqual([
        503,
        "2",
        "TEMPORARILY_UNAVAILABLE",
      ]);
    }
    await away.close();
  }),
);

test(
  "rejects an oversized body without Retry-After",
  inWorkspace(async (ctx) => {
    const app = await mlflowServer(ctx);
    const payload = JSON.stringify({ filter: "x".repeat(10 * 2 ** 20) });
    const response = await app.inject({ method: "POST", url: search, headers: json, payload });
    expect([response.statusCode, response.json().error_code]).toEqual([413, "INVALID_PARAMETER_VALUE"]);
    expect(response.headers["retry-after"]).toBeUndefined();
  }),
);

test(
  "reveals no internals in an internal error",
  inWorkspace(async (ctx) => {
    const app = await mlflowServer(ctx, {
      authenticate: async () => {
        throw new Error("select password from /home/x.ts");
      },
    });
    const response = await app.inject({ method: "POST", url: search, payload: {} });
    expect([response.statusCode, response.json()]).toEqual([
      500,
      { error_code: "INTERNAL_ERROR", message: "Internal error; see the server log." },
    ]);
  }),
);

test(
  "rejects a URL that cannot be decoded in MLflow format",
  inWorkspace(async (ctx) => {
    const response = await (await mlflowServer(ctx)).inject({ url: "/api/2.0/mlflow/logged-models/%zz" });
    expect([response.statusCode, response.json().error_code]).toEqual([400, "INVALID_PARAMETER_VALUE"]);
  }),
);

test.each([
  ["POST", "/api/2.0/mlflow/experiments/create", { name: "a\0b" }],
  ["POST", "/api/2.0/mlflow/runs/set-tag", { run_id: "a\0b", key: "k", value: "v" }],
  ["POST", "/api/2.0/mlflow/runs/search", { experiment_ids: ["0"], filter: "tags.k = 'a\0b'" }],
  ["POST", "/api/2.0/mlflow/runs/search", { experiment_ids: ["0"], order_by: ["tags.`a\0b`"] }],
  ["POST", "/api/2.0/mlflow/runs/search", { experiment_ids: ["99999999999999999999"], filter: "start_time > 1e400" }],
  ["POST", "/api/2.0/mlflow/runs/search", { experiment_ids: ["0"], filter: "start_time = 1.5 AND metrics.a > 1e999" }],
  ["POST", "/api/2.0/mlflow/runs/update", { run_id: "x", end_time: 2 ** 60 }],
  ["POST", "/api/2.0/mlflow/logged-models/search", { experiment_ids: ["0"], order_by: [{ field_name: "metrics." }] }],
  ["GET", "/api/2.0/mlflow/runs/get?run_id=%00", undefined],
  ["GET", "/api/2.0/mlflow/runs/get?run_id=%zz", undefined],
  ["GET", "/api/2.0/mlflow-artifacts/artifacts?path=%00", undefined],
  ["GET", "/api/2.0/mlflow-artifacts/artifacts/%zz", undefined],
  ["PUT", "/api/2.0/mlflow-artifacts/artifacts/a//b", undefined],
  ["GET", "/api/2.0/mlflow/logged-models/%00", undefined],
  ["DELETE", `/api/2.0/mlflow/logged-models/m-x/tags/${"%C3%A9".repeat(250)}`, undefined],
  ["GET", "/get-artifact?run_id=x&path=%00", undefined],
] as const)("reports %s %s %j as a client error, never as a failure", (method, url, payload) =>
  inWorkspace(async (ctx) => {
    const app = await mlflowServer(ctx);
    const response = await app.inject({ method, url, ...(payload && { payload }) });
    expect(response.statusCode).toBeLessThan(500);
    expect(response.body).not.toMatch(/select|insert|syntax|\.ts/i);
  })(),
);

test(
  "rejects new names with control characters or too many characters as invalid parameters",
  inWorkspace(async (ctx) => {
    const app = await mlflowServer(ctx);
    const { runId } = await newRun(ctx);
    const tag = (value: string) => ({ key: "mlflow.runName", value });
    const requests = (name: string): [string, object][] => [
      ["experiments/create", { name }],
      ["runs/create", { experiment_id: "0", run_name: name }],
      ["runs/create", { experiment_id: "0", tags: [tag(name)] }],
      ["runs/create", { experiment_id: "0", user_id: name }],
      ["runs/update", { run_id: runId, run_name: name }],
      ["runs/set-tag", { run_id: runId, ...tag(name) }],
      ["runs/log-batch", { run_id: runId, tags: [tag(name)] }],
      ["logged-models", { experiment_id: "0", name }],
      ["registered-models/create", { name }],
      [
        "runs/log-inputs",
        { run_id: runId, datasets: [{ dataset: { name, digest: "d", source_type: "s", source: "s" } }] },
      ],
    ];
    for (const [name, problem] of [
      ["a\u202eb", "Remove control characters from the name."],
      ["a\nb", "Remove control characters from the name."],
      ["x".repeat(2 ** 20), "exceeds the maximum length of"],
    ] as const) {
      for (const [path, payload] of requests(name)) {
        const response = await app.inject({ method: "POST", url: `/api/2.0/mlflow/${path}`, payload });
        expect([path, response.statusCode, response.json()]).toEqual([
          path,
          400,
          { error_code: "INVALID_PARAMETER_VALUE", message: expect.stringContaining(problem) },
        ]);
      }
    }
  }),
);

test(
  "stores nothing of an interrupted upload",
  inWorkspace(async (ctx) => {
    const folder = await mkdtemp(join(tmpdir(), "leeway-mlflow-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const store = await openLocalStore(folder);
    const puts: Promise<unknown>[] = [];
    const put: ArtifactStore["put"] = (key, body) => {
      const work = store.put(key, body);
      puts.push(work);
      return work;
    };
    const app = await mlflowServer(ctx, { artifacts: { ...store, put } });
    const { runId, experimentId } = await newRun(ctx);
    const root = `${experimentId}/${runId}/artifacts`;
    const url = await app.listen({ port: 0, host: "127.0.0.1" });
    const upload = request(`${url}/api/2.0/mlflow-artifacts/artifacts/${root}/half.bin`, { method: "PUT" });
    upload.once("error", () => {});
    upload.write(Buffer.alloc(1000));
    await vi.waitUntil(() => puts.length > 0);
    upload.destroy();
    await expect(puts[0]).rejects.toThrow();
    expect(await store.list(`${ctx.actor.workspaceId}/${root}`)).toEqual([]);
    await app.close();
  }),
);
