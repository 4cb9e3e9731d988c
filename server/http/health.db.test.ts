import Fastify from "fastify";
import pg from "pg";
import { afterEach, expect, test, vi } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import { log } from "#server/base/log.ts";
import { databaseCheck, eventsCheck, health, problemsCheck } from "./health.ts";

const fresh = await freshDatabase();
afterEach(() => vi.restoreAllMocks());

async function readinessOf(checks: Parameters<typeof health>[1]) {
  const app = Fastify();
  health(app, checks);
  const response = await app.inject({ url: "/health/ready" });
  return { status: response.statusCode, ...response.json() };
}

test("is ready when all dependencies respond", async () => {
  const response = await readinessOf({ database: databaseCheck(fresh.pool) });
  expect(response).toEqual({ status: "ready", checks: { database: "ok" } });
});

test("is not ready when one dependency fails to respond, and names it", async () => {
  const gone = new pg.Pool({ connectionString: "postgres://nobody@127.0.0.1:1/nothing" });
  const app = Fastify();
  health(app, { schema: databaseCheck(fresh.pool), database: databaseCheck(gone) });
  const response = await app.inject({ url: "/health/ready" });
  expect(response.statusCode).toBe(503);
  expect(response.json()).toEqual({
    status: "not ready",
    checks: { schema: "ok", database: "Postgres is unavailable" },
  });
});

test("logs buckets, hosts and paths of a failed check once, but does not return them", async () => {
  const error = vi.spyOn(log, "error").mockImplementation(() => {});
  const causes = [
    new Error("S3_ENDPOINT: the bucket harbour at http://storage.internal:9000 does not exist"),
    Object.assign(new Error("EACCES: permission denied, mkdir '/srv/leeway'"), { syscall: "mkdir" }),
  ];
  const app = Fastify();
  let cause = causes[0];
  health(app, { artifacts: () => Promise.reject(cause), database: databaseCheck(fresh.pool) });
  const request = async () => (await app.inject({ url: "/health/ready" })).json();
  const checks = { artifacts: "internal error; see the log", database: "ok" };
  expect(await request()).toEqual({ status: "not ready", checks });
  expect(await request()).toEqual({ status: "not ready", checks });
  cause = causes[1];
  expect(await request()).toEqual({ status: "not ready", checks });
  expect(error.mock.calls).toEqual(causes.map((each) => ["health.failed", { check: "artifacts", cause: each }]));
});

test("counts a check that times out as failed", async () => {
  const response = await readinessOf({ model: () => new Promise(() => {}) });
  expect(response.checks).toEqual({ model: "no response within 2 s" });
});

test("is ready with a database of a newer version that works beside this one; otherwise says that this one is too old", async () => {
  const other = await freshDatabase();
  await other.pool.query("insert into drizzle.__drizzle_migrations (hash, created_at) values ('later', 9000000000000)");
  const checks = { database: databaseCheck(other.pool) };
  expect(await readinessOf(checks)).toMatchObject({ status: "ready" });
  await other.pool.query("update system_values set value = '9000000000000' where key = 'oldest-compatible-migration'");
  expect(await readinessOf(checks)).toMatchObject({
    status: "not ready",
    checks: { database: expect.stringContaining("a newer version of Leeway that cannot run alongside this one") },
  });
});

test("is degraded, but ready, without what all replicas lack together; and names it", async () => {
  const app = Fastify();
  let silentMs = 61_000;
  const problems = ["alerts stands still", "slos stands still"];
  health(app, { watchers: problemsCheck(() => problems) }, { events: eventsCheck({ silentMs: () => silentMs }) });
  const request = async () => {
    const response = await app.inject({ url: "/health/ready" });
    return [response.statusCode, response.json()];
  };
  const events = "no connection for changes for 61 s";
  expect(await request()).toEqual([
    503,
    { status: "not ready", checks: { watchers: "alerts stands still; slos stands still", events } },
  ]);
  problems.length = 0;
  expect(await request()).toEqual([200, { status: "degraded", checks: { watchers: "ok", events } }]);
  silentMs = 60_000;
  expect(await request()).toEqual([200, { status: "ready", checks: { watchers: "ok", events: "ok" } }]);
});

test("reports liveness without checking dependencies", async () => {
  const app = Fastify();
  health(app, { never: () => Promise.reject(new Error("down")) });
  expect((await app.inject({ url: "/health/live" })).statusCode).toBe(200);
});
