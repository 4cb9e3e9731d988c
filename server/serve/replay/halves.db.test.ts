import { randomUUID } from "node:crypto";
import { afterAll, expect, test } from "vitest";
import { predictions } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Signature } from "#server/develop/registry/onnx/contract.ts";
import { identityModel } from "#server/testing/fixtures/registry/onnx/fixture-models.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { newBench } from "../../testing/fixtures/serving/playground/testing.ts";
import { mlpSignature, newVersion } from "../../testing/fixtures/serving/testing.ts";
import { keepTensor } from "../capture/stored-tensor.ts";
import { createEndpoint } from "../endpoints/create-endpoint.ts";
import { recordedRequests } from "../load-test/request-bodies.ts";
import { splitBody } from "../protocol/binary.ts";
import { bindRequest } from "../protocol/bind-request.ts";
import { readInferRequest } from "../protocol/infer-request.ts";
import { recordedInputs } from "../router/recorded-inputs.ts";
import { replayPrediction } from "./replay-prediction.ts";

const { db } = await freshDatabase();
const ctx = await newWorkspace(db);
const { runner, models, close } = await newBench();
afterAll(close);

const half = (name: string) => ({ name, datatype: "FP16" as const, shape: [1, "N"] });
const signature: Signature = { ...mlpSignature, inputs: [half("x")], outputs: [half("y")] };
const bytes = identityModel("float16", [1, "N"]);
const { id: versionId } = await newVersion(ctx, { model: "halves", bytes, signature }, models);
const { id: endpointId } = await createEndpoint(ctx, { name: "halves" });

// 1, −2, 65504, the smallest half, infinity, and what is no number.
const bits = Uint16Array.of(0x3c00, 0xc000, 0x7bff, 0x0001, 0x7c00, 0x7e00);
const sent = (name: string) => keepTensor({ ...half(name), shape: [1, 6], data: bits }, "whole", 1000).logged;
const id = randomUUID();
await db.insert(predictions).values({
  id,
  workspaceId: ctx.actor.workspaceId,
  endpointId,
  versionId,
  requestId: id,
  arm: "stable",
  at: new Date(),
  status: 200,
  provider: "cpu",
  latencyMs: 3,
  inputs: [sent("x")],
  outputs: [sent("y")],
});

test("replays a half-precision request bit for bit", async () => {
  const { ran, differences } = await replayPrediction(ctx, runner, { id, versionId });
  expect(ran.outputs).toEqual([sent("y")]);
  expect(differences).toEqual([{ name: "y", kind: "same", elements: 6, differing: 0, maxDifference: 0 }]);
  expect(JSON.parse(ran.response)).toMatchObject({ outputs: [{ name: "y", parameters: { binary_data_size: 12 } }] });
});

test("uses a half-precision request in load tests and warm-ups as the gateway reads it", async () => {
  const [request] = await recordedRequests(ctx, endpointId, signature);
  const length = request?.headers["inference-header-content-length"];
  const { json = Buffer.alloc(0), tail } = splitBody(Buffer.from(request?.body ?? []), length);
  const [read] = bindRequest(readInferRequest(json, tail), signature).tensors;
  expect(read).toEqual({ ...half("x"), shape: [1, 6], data: bits });
  expect(await recordedInputs(db, endpointId, signature)).toEqual([[read]]);
});
