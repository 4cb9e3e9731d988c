import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readDataset } from "#server/develop/datasets/read-dataset.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { clientOf } from "../../testing/fixtures/http/v1/testing.ts";

const folder = mkdtempSync(join(tmpdir(), "leeway-datasets-v1-"));
afterAll(() => rmSync(folder, { recursive: true }));
const artifacts = await openLocalStore(folder);

test(
  "uploads, reads, returns and downloads a file, with a contract and a leakage check",
  inWorkspace(async (ctx) => {
    const call = await clientOf(ctx, { artifacts }, { bodyLimit: 1000 });
    const rows = Buffer.from("split,delay\ntrain,1\ntest,1\n");
    const upload = await call("POST", "/datasets/flights%202013/uploads?fileName=a.csv&note=first", rows);
    expect(upload).toMatchObject({ status: 202, body: { state: "waiting", note: "first", sizeBytes: rows.length } });
    await readDataset(ctx, upload.body.id, artifacts);
    const done = await call("GET", `/datasets/flights%202013/uploads/${upload.body.id}`);
    expect(done.body).toMatchObject({ state: "done", rowsRead: 2, digest: expect.stringMatching(/^[0-9a-f]{16}$/) });
    const { digest } = done.body;
    expect((await call("GET", "/datasets")).body).toMatchObject({
      datasets: [{ name: "flights 2013", newest: { digest } }],
    });
    expect((await call("GET", "/datasets/flights%202013")).body).toMatchObject({
      list: [{ digest, rows: 2 }],
      contract: null,
    });
    const version = `/datasets/flights%202013/versions/${digest}`;
    expect((await call("GET", version)).body).toMatchObject({ profile: [{ name: "split" }, { name: "delay" }] });
    const file = await call("GET", `${version}/file`);
    expect(file.body.toString()).toBe(rows.toString());
    expect(file.headers["content-disposition"]).toBe("attachment; filename*=UTF-8''a.csv");

    const rules = (await call("GET", `/datasets/flights%202013/contract/proposal?digest=${digest}`)).body;
    expect(rules.columns).toMatchObject([{ column: "split" }, { column: "delay", type: "integer" }]);
    expect((await call("POST", `${version}/checks`)).status).toBe(409);
    const set = await call("PUT", "/datasets/flights%202013/contract", { rules, reason: "agreed" });
    expect(set).toMatchObject({ status: 200, body: { revision: 1, rules } });
    expect((await call("POST", `${version}/checks`)).status).toBe(202);
    expect((await call("GET", "/datasets/flights%202013/contract/revisions")).body.revisions).toHaveLength(1);

    const side = (value: string) => ({ name: "flights 2013", digest, where: { column: "split", value } });
    const question = { left: side("train"), right: side("test") };
    const requested = await call("POST", "/datasets/flights%202013/leakage-checks", question);
    expect(requested).toMatchObject({ status: 202, body: { state: "waiting", question } });
    const response = await call("GET", `/datasets/flights%202013/leakage-checks/${requested.body.id}`);
    expect(response.body).toMatchObject({ id: requested.body.id, result: null });
    expect((await call("GET", "/datasets/flights%202013/leakage-checks")).body.checks).toHaveLength(1);
  }),
);

test(
  "returns a matching status for invalid requests",
  inWorkspace(async (ctx) => {
    const call = await clientOf(ctx, { artifacts }, { bodyLimit: 1000 });
    expect((await call("GET", "/datasets/nothing")).status).toBe(404);
    expect((await call("GET", "/datasets/nothing/versions/d1/file")).status).toBe(404);
    expect((await call("GET", "/datasets/nothing/uploads/not-a-uuid")).status).toBe(400);
    expect((await call("POST", "/datasets/flights/uploads?fileName=a.xls", Buffer.from("x"))).status).toBe(400);
    expect((await call("POST", "/datasets/flights/uploads?fileName=a.csv", Buffer.alloc(100_001))).status).toBe(413);
    const rules = { columns: [{ column: "a" }, { column: "a" }] };
    expect((await call("PUT", "/datasets/flights/contract", { rules, reason: "x" })).status).toBe(400);
  }),
);
