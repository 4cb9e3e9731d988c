import { afterAll, expect, test, vi } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import { readConfig } from "#server/admin/settings/config.ts";
import { defaultExecution } from "#server/develop/registry/execution/contract.ts";
import { createServer } from "#server/http/server.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { servingState } from "#server/serve/endpoints/serving-state.ts";
import { openEngine } from "#server/serve/engines/open-engine.ts";
import { mlpModel } from "#server/testing/fixtures/registry/onnx/fixture-models.ts";
import { faultyWay } from "#server/testing/fixtures/serving/engines/testing.ts";
import { newTestGateway, newToken } from "#server/testing/fixtures/serving/router/testing.ts";
import { mlpSignature, newVersion } from "#server/testing/fixtures/serving/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { inferencePlugin } from "./plugin.ts";

// The engine is a Leeway whose endpoint "net" first serves one model, then another.
const { db } = await freshDatabase();
const ctx = await newWorkspace(db);
const gateway = newTestGateway(db);
const app = createServer(readConfig({}));
await inferencePlugin(app, { core: gateway.core });
const wide = { ...mlpSignature, inputs: [{ name: "x", datatype: "FP32" as const, shape: ["N", 5] }] };
await newVersion(ctx, {}, gateway.models);
await newVersion(ctx, { version: 2, bytes: mlpModel([5, 3]), signature: wide }, gateway.models);
const { id: endpointId } = await createEndpoint(ctx, { name: "net" });
const secret = `Bearer ${await newToken(ctx)}`;
await put(1);
await gateway.core.start();
const way = await faultyWay(new URL(await app.listen({ port: 0, host: "127.0.0.1" })));
afterAll(async () => {
  await way.close();
  await app.close();
  await gateway.close();
});

async function put(version: number) {
  await deployVersion(ctx, { endpointId, model: "digits", version });
  gateway.emit("missed");
}

const soon = { interval: 20 };

test("detects a replaced model on the engine, notifies, and sends nothing until the right one is back", async () => {
  await vi.waitFor(() => expect(gateway.core.unreadyReason).toBeUndefined(), soon);
  const engine = {
    url: way.url,
    model: "net",
    modelVersion: null,
    timeoutMs: 5000,
    headerName: "Authorization",
    secret,
  };
  const version = { name: "digits version 1", signature: mlpSignature, engine };
  const pace = { checkMs: 20, comparesEvery: 3 };
  const { pool } = await openEngine(version, { allowsPrivate: true }, defaultExecution, pace);
  const run = () => {
    const tensors = [{ name: "x", datatype: "FP32" as const, shape: [1, 4], data: new Float32Array(4) }];
    return pool.run({ tensors, outputs: ["y"], deadlineAt: performance.now() + 5000 });
  };
  const state = () => {
    const loaded = { endpointId, versionId: endpointId, state: "ready" as const, isServing: true };
    const versions = [{ ...loaded, engine: pool.state.engine }];
    const evaluated = { archivedAt: null, unloadedAt: null, current: { versionId: endpointId } };
    return servingState(evaluated, [{ isDraining: false, versions }]);
  };
  expect((await run()).tensors[0]?.shape).toEqual([1, 3]);
  expect(state()).toEqual({ kind: "serving", message: null });
  await put(2);
  await vi.waitFor(() => expect(state().kind).toBe("failed"), soon);
  const differs = "The input 'x' has shape [-1,4] in the version but [-1,5] on the engine.";
  expect(state().message).toContain(differs);
  expect(pool.state.engine).toMatchObject({ circuit: "open" });
  const seen = way.seen.length;
  await expect(run()).rejects.toMatchObject({ code: "unavailable", message: expect.stringContaining(differs) });
  expect(way.seen).toHaveLength(seen);
  await put(1);
  await vi.waitFor(async () => expect((await run()).tensors[0]?.shape).toEqual([1, 3]), soon);
  expect(state()).toEqual({ kind: "serving", message: null });
  await pool.drain();
});
