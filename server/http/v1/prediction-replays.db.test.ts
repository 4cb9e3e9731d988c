import { randomUUID } from "node:crypto";
import { afterAll, expect, test } from "vitest";
import { predictions } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { newBench } from "#server/testing/fixtures/serving/playground/testing.ts";
import { newVersion } from "#server/testing/fixtures/serving/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { clientOf } from "../../testing/fixtures/http/v1/testing.ts";

const { db } = await freshDatabase();
const ctx = await newWorkspace(db);
const { runner, models, close } = await newBench();
afterAll(close);

const first = await newVersion(ctx, { version: 1 }, models);
await newVersion(ctx, { version: 2 }, models);
const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
await createEndpoint(ctx, { name: "another" });

/** Inserts a logged request as the gateway stores it. */
async function logged(values: Pick<typeof predictions.$inferInsert, "inputs" | "outputs">): Promise<string> {
  const id = randomUUID();
  const ids = { id, workspaceId: ctx.actor.workspaceId, endpointId, versionId: first.id, requestId: id };
  const rest = { arm: "stable" as const, at: new Date(), status: 200, provider: "cpu", latencyMs: 3 };
  await db.insert(predictions).values({ ...ids, ...rest, ...values });
  return id;
}

const input = { name: "x", datatype: "FP32", shape: [1, 4], data: [1, 2, 3, 4] };
const inputs = [input];
const outputs = [{ name: "y", datatype: "FP32", shape: [1, 3], data: [0, 0, 0] }];
const version = { model: "digits", version: 1 };

async function replay(id: string, body: object = version, { actor = ctx.actor, endpoint = "digits" } = {}) {
  const call = await clientOf({ db, actor }, { models: runner });
  return call("POST", `/endpoints/${endpoint}/predictions/${id}/replays`, body);
}

test("reruns a logged prediction on the named version, and returns the differences", async () => {
  const once = await replay(await logged({ inputs, outputs }));
  expect(once).toMatchObject({
    status: 200,
    body: {
      modelName: "digits",
      version: 1,
      via: "tensors",
      ran: { provider: "cpu", outputs: [{ name: "y", shape: [1, 3], data: expect.any(Array) }] },
      differences: [{ name: "y", kind: "different", elements: 3, differing: 3, maxDifference: expect.any(Number) }],
    },
  });
  const again = await logged({ inputs, outputs: once.body.ran.outputs });
  const other = await replay(again, { ...version, version: 2, providers: ["cpu"] });
  expect(other).toMatchObject({ status: 200, body: { version: 2, differences: [{ kind: "same", maxDifference: 0 }] } });
});

test("explains why a prediction cannot be rerun", async () => {
  const said = (response: { body: { error: { message: string } } }) => response.body.error.message;
  const id = await logged({ inputs, outputs });
  const redacted = await replay(await logged({ inputs: [{ ...input, data: undefined, sha256: "0" }] }));
  expect([redacted.status, said(redacted)]).toEqual([409, expect.stringContaining("only a digest is stored")]);
  const absent = await replay(id, { ...version, version: 9 });
  expect([absent.status, said(absent)]).toEqual([404, expect.stringContaining("version=9")]);
  expect((await replay(id, {})).status).toBe(400);
  expect((await replay("none")).status).toBe(400);
  // In the log of another endpoint.
  expect((await replay(id, version, { endpoint: "another" })).status).toBe(404);
});

test("requires the infer scope without an endpoint restriction", async () => {
  const id = await logged({ inputs, outputs });
  const as = (rights: Partial<Context["actor"]>) => replay(id, version, { actor: { ...ctx.actor, ...rights } });
  expect((await as({ role: "viewer", scopes: ["infer"] })).status).toBe(200);
  expect((await as({ scopes: ["serving"] })).status).toBe(403);
  expect((await as({ scopes: ["infer"], endpoints: ["digits"] })).status).toBe(403);
});
