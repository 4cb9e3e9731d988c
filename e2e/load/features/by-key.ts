import { setTimeout as delay } from "node:timers/promises";
import type { Signature } from "#server/develop/registry/onnx/contract.ts";
import { Pipeline } from "#server/develop/registry/pipeline/definition.ts";
import { pinPipeline } from "#server/develop/registry/pipeline/pin-pipeline.ts";
import { mlpModel } from "#server/testing/fixtures/registry/onnx/fixture-models.ts";
import type { RunningGateway } from "../gateway.ts";
import { saturateRaw } from "../raw-clients.ts";
import { comparedTo, type Row } from "../report.ts";
import { featureNames, featureValue } from "./data.ts";

const width = 10;
const model = "by-key";
const rounds = 3;
const clients = 8;
const signature: Signature = {
  inputs: [{ name: "x", datatype: "FP32", shape: ["N", width] }],
  outputs: [{ name: "y", datatype: "FP32", shape: ["N", 3] }],
  opsets: { "": 13 },
  irVersion: 8,
  producer: "leeway-load",
  metadata: {},
};

/** Deploys a model that gets ten features of the view v10 by key, or from the request. */
export async function deployByKey({ fixture, url, headers }: RunningGateway): Promise<void> {
  const columns = featureNames(width).map((name) => ({ name, datatype: "FP32" }));
  const features = featureNames(width).map((name) => `v${width}:${name}`);
  const before = [
    // What is measured is the look-up, so no busy moment of the machine may cut it short.
    { kind: "features", features, withinMs: 1_000 },
    { kind: "columns", columns, into: "x" },
  ];
  const pipeline = await pinPipeline(fixture.ctx, Pipeline.parse({ before }), signature);
  await fixture.deploy({ name: model, model: mlpModel([width, 64, 3]), signature, pipeline });
  for (let left = 100; left > 0; left -= 1) {
    if ((await fetch(`${url}/v2/models/${model}/ready`, { headers })).ok) return;
    await delay(200);
  }
  throw new Error("The model was not loaded.");
}

/** Compares the rate of predictions by key with that of the same model when requests bring the features. */
export async function compareByKey(
  { url, headers }: RunningGateway,
  { entities, seconds }: { entities: number; seconds: number },
): Promise<Row> {
  const rates = { keyed: 0, sent: 0 };
  const bodies = { keyed: bodiesOf(entities, keyInput), sent: bodiesOf(entities, featureInputs) };
  for (let round = 0; round < rounds; round += 1) {
    for (const way of ["sent", "keyed"] as const) {
      const target = { url: `${url}/v2/models/${model}/infer`, headers, body: bodies[way] };
      const result = await saturateRaw({ ...target, clients, seconds });
      if (result.failures > 0) throw new Error(`${result.failures} predictions (${way}) failed.`);
      rates[way] = Math.max(rates[way], result.requestsPerSecond);
    }
  }
  const numbers = { name: "gateway-with-lookup", unit: "requests/s", leeway: rates.keyed };
  return comparedTo(rates.sent, numbers, "at least", 0.6);
}

function bodiesOf(entities: number, inputsOf: (entity: number) => object[]): Buffer[] {
  return Array.from({ length: 64 }, (_, index) => {
    const entity = (index * 7_919) % entities;
    return Buffer.from(JSON.stringify({ inputs: inputsOf(entity) }));
  });
}

const keyInput = (entity: number) => [{ name: "driver_id", datatype: "INT64", shape: [1], data: [entity] }];

const featureInputs = (entity: number) =>
  featureNames(width).map((name, index) => {
    return { name, datatype: "FP32", shape: [1], data: [featureValue(entity, index)] };
  });
