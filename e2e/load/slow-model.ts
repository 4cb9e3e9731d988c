import ort from "onnxruntime-node";
import type { Signature } from "#server/develop/registry/onnx/contract.ts";
import { node, onnxModel, tensorValue, weights } from "#server/testing/fixtures/registry/onnx/fixture-models.ts";

const width = 256;
const rows = 16;

/** A request of the Open Inference Protocol for a slow model: 32 KB of JSON. */
export const slowBody = Buffer.from(
  JSON.stringify({
    inputs: [{ name: "x", datatype: "FP32", shape: [rows, width], data: Array(rows * width).fill(0.1) }],
  }),
);

export const slowSignature: Signature = {
  inputs: [{ name: "x", datatype: "FP32", shape: ["N", width] }],
  outputs: [{ name: "y", datatype: "FP32", shape: ["N", width] }],
  opsets: { "": 13 },
  irVersion: 8,
  producer: "leeway-load",
  metadata: {},
};

/** Builds a model that takes a target number of milliseconds per run on one thread of this machine, with small weights and inputs. */
export async function slowModel(targetMs: number): Promise<{ model: Buffer; runMs: number }> {
  const probe = 100;
  const perLayerMs = (await measure(layered(probe))) / probe;
  const model = layered(Math.max(1, Math.round(targetMs / perLayerMs)));
  return { model, runMs: await measure(model) };
}

/** Builds layers that share the same weights, so that the file stays small. */
function layered(layers: number): Buffer {
  const data = Float32Array.from({ length: width * width }, (_, index) => Math.sin(index) / Math.sqrt(width));
  const nodes = Array.from({ length: layers }, (_, layer) => {
    const from = layer === 0 ? "x" : `h${layer}`;
    return node("MatMul", [from, "W"], [layer === layers - 1 ? "y" : `h${layer + 1}`]);
  });
  return onnxModel({
    nodes,
    initializers: [weights("W", [width, width], data)],
    inputs: [tensorValue("x", "float32", ["N", width])],
    outputs: [tensorValue("y", "float32", ["N", width])],
  });
}

async function measure(model: Buffer): Promise<number> {
  const session = await ort.InferenceSession.create(model, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  const x = new ort.Tensor("float32", new Float32Array(rows * width).fill(0.1), [rows, width]);
  const times: number[] = [];
  for (let round = 0; round < 12; round += 1) {
    const startedAt = performance.now();
    await session.run({ x });
    times.push(performance.now() - startedAt);
  }
  await session.release();
  // The quickest: what else runs on the machine only adds.
  return Math.min(...times);
}
