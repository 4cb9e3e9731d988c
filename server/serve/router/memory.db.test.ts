import { expect, onTestFinished, test, vi } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { deployVersion } from "../../release/endpoints/deploy-version.ts";
import { newTestGateway } from "../../testing/fixtures/serving/router/testing.ts";
import { newVersion } from "../../testing/fixtures/serving/testing.ts";
import { createEndpoint } from "../endpoints/create-endpoint.ts";
import { readInferRequest } from "../protocol/infer-request.ts";

const { db } = await freshDatabase();
const names = ["one", "two", "three"];
const body = Buffer.from(
  JSON.stringify({ inputs: [{ name: "x", shape: [1, 4], datatype: "FP32", data: [1, 2, 3, 4] }] }),
);

test("unloads the least recently used versions beyond the memory limit, and reloads them on request", async () => {
  const ctx = await newWorkspace(db);
  // Each holds more than a process of Node's, and no two of them fit.
  const gateway = newTestGateway(db, { modelMemoryBytes: 1 });
  const { core } = gateway;
  onTestFinished(() => gateway.close());
  for (const name of names) {
    const { id: endpointId } = await createEndpoint(ctx, { name, captureShare: 0 });
    await newVersion(ctx, { model: name }, gateway.models);
    await deployVersion(ctx, { endpointId, model: name, version: 1 });
  }
  const infer = async (name: string) => {
    const attempt = core.startRequest(ctx, name, undefined, "request");
    const { tensors } = await attempt.run(readInferRequest(body, Buffer.alloc(0)), () => false);
    await attempt.settle({ status: 200, reason: "" });
    return tensors[0]?.shape;
  };
  const loaded = () => core.versions.all.flatMap(({ model, opened }) => (opened ? [model.modelName] : []));
  await core.start();
  await vi.waitFor(() => expect(core.versions.all.map(({ state }) => state)).toEqual(["ready", "ready", "ready"]));
  expect(loaded()).toHaveLength(1);
  expect(core.unreadyReason).toBeUndefined();
  for (const name of [...names, ...names]) {
    expect(await infer(name)).toEqual([1, 3]);
    expect(loaded()).toEqual([name]);
  }
  const cache = await Promise.all([infer("one"), infer("one"), infer("one")]);
  expect(cache).toEqual([
    [1, 3],
    [1, 3],
    [1, 3],
  ]);
  const [opened] = core.versions.all.flatMap((version) => version.opened ?? []);
  expect(opened?.memoryBytes).toBeGreaterThan(2 ** 20);
});
