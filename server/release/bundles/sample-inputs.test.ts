import { expect, test } from "vitest";
import { Pipeline } from "#server/develop/registry/pipeline/definition.ts";
import { planPipeline } from "#server/develop/registry/pipeline/plan.ts";
import { runBefore } from "#server/serve/pipeline/run-before.ts";
import type { Tensor } from "#server/serve/tensor/tensor.ts";
import { mlpSignature } from "#server/testing/fixtures/serving/testing.ts";
import { pipelineInputs } from "./sample-inputs.ts";

const signature = {
  ...mlpSignature,
  inputs: [
    { name: "x", datatype: "FP32" as const, shape: ["N", 5] },
    { name: "z", datatype: "INT64" as const, shape: ["N", 2] },
  ],
};

test("generates columns with known levels under the names that clients send, and numbers otherwise", async () => {
  const pipeline = Pipeline.parse({
    before: [
      {
        kind: "columns",
        into: "x",
        columns: [
          { name: "carrier", datatype: "BYTES" },
          { name: "month", datatype: "INT64" },
          { name: "distance", datatype: "FP64" },
        ],
        steps: [
          { step: "rename", names: { carrier: "airline", month: "m" } },
          { step: "one-hot", column: "airline", levels: ["UA", "AA"] },
          { step: "one-hot", column: "m", levels: ["7", "8"] },
        ],
      },
    ],
  });
  const plan = planPipeline(pipeline, signature);
  expect(plan.problems).toEqual([]);
  const inputs = pipelineInputs(pipeline, signature, plan.inputs, "");
  expect(inputs).toMatchObject([
    { name: "carrier", datatype: "BYTES", shape: [1], data: ["UA"] },
    { name: "month", datatype: "INT64", shape: [1], data: [7] },
    { name: "distance", datatype: "FP64", shape: [1], data: [expect.any(Number)] },
    { name: "z", datatype: "INT64", shape: [1, 2], data: [1, 0] },
  ]);
  const columns = inputs.slice(0, 3).map((input) => input as unknown as Tensor);
  const [made] = await runBefore(pipeline, { files: new Map(), columns }, signature.inputs);
  expect(made).toMatchObject({ name: "x", shape: [1, 5] });
  expect([...(made?.data ?? [])].slice(0, 4)).toEqual([1, 0, 1, 0]);
});

test("repeats an image in every row of a fixed batch", () => {
  const fixed = { ...signature, inputs: [{ name: "x", datatype: "UINT8" as const, shape: [2, "h", "w", 3] }] };
  const steps = [{ step: "decode" }];
  const pipeline = Pipeline.parse({ before: [{ kind: "image", name: "picture", into: "x", steps }] });
  const plan = planPipeline(pipeline, fixed);
  expect(plan.problems).toEqual([]);
  expect(pipelineInputs(pipeline, fixed, plan.inputs, "UE5H")).toEqual([
    {
      name: "picture",
      datatype: "BYTES",
      shape: [2],
      binarySize: undefined,
      contentType: "base64",
      data: ["UE5H", "UE5H"],
    },
  ]);
});
