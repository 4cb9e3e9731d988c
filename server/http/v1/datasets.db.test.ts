import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Fastify from "fastify";
import { afterAll, expect, test } from "vitest";
import { openLocalStore } from "#server/artifacts/local-store.ts";
import type { Context } from "#server/context.ts";
import { readDataset } from "#server/datasets/read-dataset.ts";
import type { WebDependencies } from "#server/http/server.ts";
import { inWorkspace } from "#server/testing.ts";
import { v1Plugin } from "./plugin.ts";

const folder = mkdtempSync(join(tmpdir(), "leeway-datasets-v1-"));
afterAll(() => rmSync(folder, { recursive: true }));
const artifacts = await openLocalStore(folder);

/** The REST interface, called by the actor of a context. */
async function clientOf(ctx: Context) {
  const app = Fastify({ bodyLimit: 1000 });
  const deps = {
    config: { publicUrl: "http://leeway.test", maxUploadBytes: 100_000 },
    artifacts,
    authenticate: async () => ctx,
  } as unknown as WebDependencies;
  await app.register((scope) => v1Plugin(scope, deps), { prefix: "/api/v1" });
  return async (method: "GET" | "POST" | "PUT", path: string, payload?: object | Buffer) => {
    const headers = Buffer.isBuffer(payload) ? { "content-type": "application/octet-stream" } : {};
    const answer = await app.inject({ method, url: `/api/v1/datasets${path}`, headers, ...(payload && { payload }) });
    const isJson = answer.headers["content-type"]?.toString().startsWith("application/json");
    return { status: answer.statusCode, headers: answer.headers, body: isJson ? answer.json() : answer.payload };
  };
}

test(
  "a file is uploaded, read, shown, promised, asked about and downloaded",
  inWorkspace(async (ctx) => {
    const call = await clientOf(ctx);
    const rows = Buffer.from("split,delay\ntrain,1\ntest,1\n");
    const upload = await call("POST", "/flights%202013/uploads?fileName=a.csv&note=first", rows);
    expect(upload).toMatchObject({ status: 202, body: { state: "waiting", note: "first", sizeBytes: rows.length } });
    await readDataset(ctx, upload.body.id, artifacts);
    const done = await call("GET", `/flights%202013/uploads/${upload.body.id}`);
    expect(done.body).toMatchObject({ state: "done", rowsRead: 2, digest: expect.stringMatching(/^[0-9a-f]{16}$/) });
    const { digest } = done.body;
    expect((await call("GET", "")).body).toMatchObject({ datasets: [{ name: "flights 2013", newest: { digest } }] });
    expect((await call("GET", "/flights%202013")).body).toMatchObject({ list: [{ digest, rows: 2 }], contract: null });
    const version = `/flights%202013/versions/${digest}`;
    expect((await call("GET", version)).body).toMatchObject({ profile: [{ name: "split" }, { name: "delay" }] });
    const file = await call("GET", `${version}/file`);
    expect(file.body).toBe(rows.toString());
    expect(file.headers["content-disposition"]).toBe("attachment; filename*=UTF-8''a.csv");

    const rules = (await call("GET", `/flights%202013/contract/proposal?digest=${digest}`)).body;
    expect(rules.columns).toMatchObject([{ column: "split" }, { column: "delay", type: "integer" }]);
    expect((await call("POST", `${version}/checks`)).status).toBe(409);
    const set = await call("PUT", "/flights%202013/contract", { rules, reason: "agreed" });
    expect(set).toMatchObject({ status: 200, body: { revision: 1, rules } });
    expect((await call("POST", `${version}/checks`)).status).toBe(202);
    expect((await call("GET", "/flights%202013/contract/revisions")).body.revisions).toHaveLength(1);

    const side = (value: string) => ({ name: "flights 2013", digest, where: { column: "split", value } });
    const question = { left: side("train"), right: side("test") };
    const asked = await call("POST", "/flights%202013/leakage-checks", question);
    expect(asked).toMatchObject({ status: 202, body: { state: "waiting", question } });
    const answer = await call("GET", `/flights%202013/leakage-checks/${asked.body.id}`);
    expect(answer.body).toMatchObject({ id: asked.body.id, result: null });
    expect((await call("GET", "/flights%202013/leakage-checks")).body.checks).toHaveLength(1);
  }),
);

test(
  "what is wrong with a request is said by its status",
  inWorkspace(async (ctx) => {
    const call = await clientOf(ctx);
    expect((await call("GET", "/nothing")).status).toBe(404);
    expect((await call("GET", "/nothing/versions/d1/file")).status).toBe(404);
    expect((await call("GET", "/nothing/uploads/not-a-uuid")).status).toBe(400);
    expect((await call("POST", "/flights/uploads?fileName=a.xls", Buffer.from("x"))).status).toBe(400);
    expect((await call("POST", "/flights/uploads?fileName=a.csv", Buffer.alloc(100_001))).status).toBe(413);
    const rules = { columns: [{ column: "a" }, { column: "a" }] };
    expect((await call("PUT", "/flights/contract", { rules, reason: "x" })).status).toBe(400);
  }),
);
