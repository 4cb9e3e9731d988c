import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { mlpModel } from "#server/testing/fixtures/registry/onnx/fixture-models.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { clientOf } from "../../testing/fixtures/http/v1/testing.ts";

const folder = mkdtempSync(join(tmpdir(), "leeway-models-"));
afterAll(() => rmSync(folder, { recursive: true }));
const artifacts = await openLocalStore(folder);
const model = mlpModel([4, 8, 3]);
const sha256 = createHash("sha256").update(model).digest("hex");

test(
  "uploads a file, describes it, finds it by alias and downloads it",
  inWorkspace(async (ctx) => {
    const call = await clientOf(ctx, { artifacts }, { bodyLimit: 1000 });
    const path = "/models/flight%20delay";
    const uploaded = await call("POST", `${path}/versions?description=first`, model);
    expect(uploaded).toMatchObject({
      status: 201,
      body: { modelName: "flight delay", version: 1, inspection: "servable", sha256, description: "first" },
    });
    expect(uploaded.body).not.toHaveProperty("artifactKey");
    expect((await call("PUT", `${path}/aliases/champion`, { version: 1, reason: "best" })).status).toBe(204);
    expect((await call("GET", `${path}/aliases/champion`)).body).toMatchObject({ version: 1, aliases: ["champion"] });
    expect((await call("GET", `${path}/versions/1`)).body.lineage).toEqual({
      run: null,
      loggedModel: null,
      datasets: [],
      models: [],
      endpoints: [],
    });
    const file = await call("GET", `${path}/versions/1/file`);
    expect(file.body).toEqual(model);
    expect(file.headers).toMatchObject({
      "content-length": String(model.length),
      "content-disposition": "attachment; filename*=UTF-8''flight%20delay-v1.onnx",
      etag: `"${sha256}"`,
    });
    expect((await call("DELETE", `${path}/aliases/champion?reason=old`)).status).toBe(204);
    expect((await call("GET", `${path}/aliases/champion`)).status).toBe(404);
  }),
);

test(
  "explains an invalid file, and registers nothing",
  inWorkspace(async (ctx) => {
    const call = await clientOf(ctx, { artifacts }, { bodyLimit: 1000 });
    const broken = await call("POST", "/models/a/versions", Buffer.from("hello"));
    expect(broken).toMatchObject({ status: 400, body: { error: { code: "invalid" } } });
    const large = await call("POST", "/models/a/versions", Buffer.alloc(100_001));
    expect(large).toMatchObject({ status: 413, body: { error: { code: "too-large" } } });
    expect((await call("POST", "/models/a/versions", {})).body.error.message).toBe("The file is empty.");
    expect((await call("GET", "/models/a")).status).toBe(404);
  }),
);

test(
  "creates, renames, describes, tags and deletes a model",
  inWorkspace(async (ctx) => {
    const call = await clientOf(ctx, { artifacts }, { bodyLimit: 1000 });
    expect(await call("POST", "/models", { name: "a", description: "x" })).toMatchObject({
      status: 201,
      body: { name: "a", description: "x", latestVersions: [] },
    });
    expect((await call("POST", "/models", { name: "a" })).status).toBe(409);
    expect((await call("PUT", "/models/a/name", { name: "b" })).body.name).toBe("b");
    expect((await call("PUT", "/models/b/description", { description: null })).body.description).toBeNull();
    await call("PUT", "/models/b/tags/team%2Fowner", { value: "x" });
    expect((await call("GET", "/models/b")).body.tags).toEqual([{ key: "team/owner", value: "x" }]);
    expect((await call("DELETE", "/models/b/tags/team%2Fowner")).status).toBe(204);
    expect((await call("DELETE", "/models/b")).status).toBe(204);
    expect((await call("DELETE", "/models/b")).status).toBe(404);
  }),
);

test(
  "registers a version from its source, describes, tags, lists and deletes it",
  inWorkspace(async (ctx) => {
    const call = await clientOf(ctx, { artifacts }, { bodyLimit: 1000 });
    await call("POST", "/models", { name: "a" });
    for (const source of ["s3://b/1", "s3://b/2", "s3://b/3"])
      await call("POST", "/models/a/registrations", { source });
    const path = "/models/a/versions/3";
    expect((await call("PUT", `${path}/description`, { description: "d" })).body.description).toBe("d");
    await call("PUT", `${path}/tags/k`, { value: "v" });
    expect((await call("GET", path)).body).toMatchObject({ tags: [{ key: "k", value: "v" }], inspection: "pending" });
    expect((await call("GET", `${path}/file`)).status).toBe(409);
    expect((await call("POST", `${path}/inspection`)).status).toBe(202);
    expect((await call("DELETE", `${path}/tags/k`)).status).toBe(204);
    expect((await call("DELETE", path)).status).toBe(204);
    expect((await call("GET", "/models/a/versions?limit=1")).body).toMatchObject({
      versions: [{ version: 2 }],
      next: 2,
    });
    expect((await call("GET", "/models/a/versions?before=2")).body.versions).toMatchObject([{ version: 1 }]);
    for (const odd of ["versions/x", "versions?before=99999999999", "aliases/x%00"]) {
      expect((await call("GET", `/models/a/${odd}`)).status, odd).toBe(400);
    }
  }),
);

test(
  "lists models in pages",
  inWorkspace(async (ctx) => {
    const call = await clientOf(ctx, { artifacts }, { bodyLimit: 1000 });
    for (const name of ["a", "b", "c"]) await call("POST", "/models", { name });
    const first = (await call("GET", "/models?limit=2")).body;
    expect(first).toMatchObject({ models: [{ name: "a", versionCount: 0 }, { name: "b" }], next: "b" });
    expect((await call("GET", "/models?limit=2&after=b")).body).toEqual({
      models: [expect.objectContaining({ name: "c" })],
    });
    expect((await call("GET", "/models?search=B")).body.models).toHaveLength(1);
  }),
);
