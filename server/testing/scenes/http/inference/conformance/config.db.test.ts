import { expect, test } from "vitest";
import { openScene } from "./scene.ts";

const { ask } = await openScene(["mlp", "str1", "id_bytes"]);
const configOf = async (model: string) => {
  const answer = await ask({ path: `/v2/models/${model}/config` });
  expect([answer.status, answer.json.error]).toEqual([200, undefined]);
  return answer.json;
};

test("config", async () => {
  const config = await configOf("mlp");
  const flags = { is_shape_tensor: false };
  expect(config).toEqual({
    name: "mlp",
    platform: "onnxruntime_onnx",
    backend: "onnxruntime",
    max_batch_size: 32,
    version_policy: { specific: { versions: [1, 2] } },
    input: [
      {
        name: "x",
        data_type: "TYPE_FP32",
        format: "FORMAT_NONE",
        dims: [4],
        ...flags,
        allow_ragged_batch: false,
        optional: false,
      },
    ],
    output: [{ name: "y", data_type: "TYPE_FP32", dims: [3], label_filename: "", ...flags }],
    dynamic_batching: {
      preferred_batch_size: [],
      max_queue_delay_microseconds: 0,
      preserve_ordering: false,
      priority_levels: 0,
      default_priority_level: 0,
      default_queue_policy: {
        timeout_action: "REJECT",
        default_timeout_microseconds: 30_000_000,
        allow_timeout_override: true,
        max_queue_size: 128,
      },
    },
    instance_group: [{ name: "mlp", kind: "KIND_CPU", count: 1 }],
    default_model_filename: "model.onnx",
    model_warmup: [],
    model_transaction_policy: { decoupled: false },
    response_cache: { enable: false },
  });
  expect(await configOf("mlp/versions/1")).toEqual(config);
});

test("config_no_batch", async () => {
  const config = await configOf("str1");
  expect(config).toMatchObject({ max_batch_size: 0, input: [{ dims: [1] }] });
  expect(config).not.toHaveProperty("dynamic_batching");
});

test("config_bytes_type", async () => {
  const { input, output } = await configOf("id_bytes");
  expect([input[0].data_type, output[0].data_type]).toEqual(["TYPE_STRING", "TYPE_STRING"]);
});
