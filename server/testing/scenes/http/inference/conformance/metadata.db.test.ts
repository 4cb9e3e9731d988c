import { expect, test } from "vitest";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { findEndpoint } from "#server/serve/endpoints/lookups.ts";
import { updateEndpoint } from "#server/serve/endpoints/update-endpoint.ts";
import { expectError } from "./ask.ts";
import { openScene } from "./scene.ts";

const { ask, ctx, gateway, settled } = await openScene(["mlp"]);

const metadata = {
  name: "mlp",
  versions: ["1", "2"],
  platform: "onnx_onnxv1",
  inputs: [{ name: "x", datatype: "FP32", shape: [-1, 4] }],
  outputs: [{ name: "y", datatype: "FP32", shape: [-1, 3] }],
  properties: { model: "mlp", provider: "cpu" },
};

test.each([
  ["list_models", "/v2/models", { models: ["mlp"] }],
  ["model_metadata", "/v2/models/mlp", metadata],
  ["model_metadata_version", "/v2/models/mlp/versions/1", metadata],
  ["model_ready", "/v2/models/mlp/ready", { name: "mlp", ready: true }],
  ["model_ready_version", "/v2/models/mlp/versions/1/ready", { name: "mlp", ready: true }],
])("%s", async (_case, path, body) => {
  const answer = await ask({ path });
  expect([answer.status, answer.json]).toEqual([200, body]);
  expect(answer.headers["content-type"]).toContain("application/json");
});

test.each([
  ["model_metadata_unknown", "none", /Model 'none' does not exist/],
  ["model_metadata_unknown_version", "mlp/versions/9", /Version 9 of 'mlp' is not being served; available: 1 and 2\./],
  ["model_metadata_bad_version", "mlp/versions/v1", /v1/],
  ["model_metadata_long_name", "m".repeat(300), /Model 'm+' does not exist/],
  ["model_ready_not_served", "mlp/versions/3/ready", /is not being served/],
])("%s", async (_case, path, message) => expectError(await ask({ path: `/v2/models/${path}` }), 404, message));

test("model_metadata_long_name, registered", async () => {
  const name = "m".repeat(128);
  const { id: endpointId } = await createEndpoint(ctx, { name });
  await deployVersion(ctx, { endpointId, model: "mlp", version: 1 });
  gateway.tell("missed");
  await expect.poll(() => gateway.core.table.find(ctx.actor.workspaceId, name)).toBeDefined();
  await settled();
  expect((await ask({ path: `/v2/models/${name}` })).json.name).toBe(name);
});

test("an endpoint keeps as many versions as it is told to, the last deployed ones", async () => {
  const versions = async () => (await ask({ path: "/v2/models/mlp" })).json.versions;
  const { id: endpointId } = await findEndpoint(ctx, "mlp");
  for (const [version, served] of [
    [3, ["2", "3"]],
    [1, ["1", "3"]],
  ] as const) {
    await deployVersion(ctx, { endpointId, model: "mlp", version });
    gateway.tell("missed");
    await expect.poll(versions, { timeout: 20_000 }).toEqual(served);
    const isReady = async () => (await ask({ path: `/v2/models/mlp/versions/${version}/ready` })).status;
    await expect.poll(isReady, { timeout: 20_000 }).toBe(200);
  }
  await updateEndpoint(ctx, { endpointId, previousVersionsLoaded: 0 });
  gateway.tell("missed");
  await expect.poll(versions, { timeout: 20_000 }).toEqual(["1"]);
  expectError(
    await ask({ path: "/v2/models/mlp/versions/3/ready" }),
    404,
    /Version 3 of 'mlp' is not being served; available: 1\./,
  );
});
