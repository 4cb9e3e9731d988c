import { expect, test } from "vitest";
import { expectError } from "./ask.ts";
import { row, tensor } from "./bodies.ts";
import { openScene } from "./scene.ts";

const { ask, infer, refuse } = await openScene(["mlp", "two", "id_fp32", "id_int64"]);

const two = ["a", "b"].map((name, index) => tensor(name, "FP32", [index + 1, 5], [1, 2]));
const mlp = (change: object, rest: object = {}) => ({ ...rest, inputs: [{ ...row, ...change }] });
const nested = (depth: number) => "[".repeat(depth) + 7 + "]".repeat(depth);
const deep = (depth: number) => `{"inputs":[{"name":"x","shape":[1],"datatype":"INT64","data":${nested(depth)}}]}`;

test("infer_json_flat", async () => {
  const { json } = await infer("mlp", { inputs: [row] });
  expect(json.outputs).toEqual([
    { name: "y", datatype: "FP32", shape: [1, 3], data: Array(3).fill(expect.any(Number)) },
  ]);
});

test("infer_json_nested", async () => {
  const flat = await infer("mlp", { inputs: [row] });
  expect((await infer("mlp", mlp({ data: [[1, 2, 3, 4]] }))).json.outputs).toEqual(flat.json.outputs);
});

test("infer_json_odd_nesting", async () => {
  const { json } = await infer("id_fp32", {
    inputs: [
      tensor(
        "x",
        "FP32",
        [
          [1, 2],
          [3, 4],
        ],
        [4],
      ),
    ],
  });
  expect(json.outputs[0].data).toEqual([1, 2, 3, 4]);
});

test("infer_batch", async () => {
  const { json } = await infer("mlp", mlp({ shape: [3, 4], data: Array(12).fill(1) }));
  expect(json.outputs[0].shape).toEqual([3, 3]);
});

test.each([
  ["infer_id_echo", "42", "42"],
  ["infer_id_unicode", 'é"\\u0001', 'é"\\u0001'],
  ["infer_id_unicode", "\u0001", "\u0001"],
  ["infer_id_empty", "", undefined],
  ["infer_no_id", undefined, undefined],
])("%s %j", async (_case, id, echoed) => {
  expect((await infer("mlp", { id, inputs: [row] })).json.id).toBe(echoed);
});

test.each([
  ["infer_version", "mlp/versions/1", "1"],
  ["infer_default_version", "mlp", "2"],
])("%s", async (_case, model, version) => {
  expect((await infer(model, { inputs: [row] })).json.model_version).toBe(version);
});

test.each([
  ["infer_version_not_served", "mlp/versions/3", /is not being served/],
  ["infer_unknown_model", "none", /Model 'none' does not exist/],
])("%s", async (_case, model, message) => refuse(model, { inputs: [row] }, 404, message));

test("infer_wrong_method", async () => {
  const answer = await ask({ method: "GET", path: "/v2/models/mlp/infer" });
  expectError(answer, 405);
  expect(answer.headers.allow).toBe("POST");
});

test.each([
  ["infer_outputs_subset", ["diff"], ["diff"]],
  ["infer_outputs_order", ["diff", "sum"], ["diff", "sum"]],
  ["infer_outputs_empty_list", [], ["sum", "diff"]],
])("%s", async (_case, asked, answered) => {
  const { json } = await infer("two", { inputs: two, outputs: asked.map((name) => ({ name })) });
  expect(json.outputs.map(({ name }: { name: string }) => name)).toEqual(answered);
  const data = { sum: [3, 10], diff: [-1, 0] } as Record<string, number[]>;
  for (const output of json.outputs) expect(output.data).toEqual(data[output.name]);
});

/** As it is written on the wire: a number that JavaScript would round. */
const overflow = JSON.stringify(mlp({ shape: [16, "size"] })).replace('"size"', "1152921504606846978");

const refused: [string, string, string | object, RegExp?][] = [
  ["infer_id_number", "mlp", { id: 42, inputs: [row] }],
  ["infer_output_unknown", "two", { inputs: two, outputs: [{ name: "zzz" }] }, /zzz/],
  ["infer_output_duplicate", "two", { inputs: two, outputs: [{ name: "sum" }, { name: "sum" }] }],
  ["infer_input_missing", "two", { inputs: [two[0]] }, /'b'/],
  ["infer_input_unknown", "two", { inputs: [...two, tensor("c", "FP32", [1, 2], [1, 2])] }, /'c'/],
  ["infer_input_duplicate", "two", { inputs: [...two, two[0]] }, /'a'/],
  ["infer_input_no_data", "mlp", mlp({ data: undefined })],
  ["infer_input_two_sources", "mlp", mlp({ parameters: { binary_data_size: 16 } })],
  ["infer_inputs_missing", "mlp", {}],
  ["infer_inputs_not_array", "mlp", { inputs: {} }],
  ["infer_body_empty", "mlp", "", /empty/],
  ["infer_body_not_json", "mlp", "{"],
  ["infer_body_array", "mlp", "[]"],
  ["infer_dtype_mismatch", "mlp", mlp({ datatype: "FP64" }), /FP32.*FP64/],
  ["infer_dtype_unknown", "mlp", mlp({ datatype: "FLOAT" }), /FLOAT/],
  ["infer_shape_rank", "mlp", mlp({ shape: [4] })],
  ["infer_shape_dim", "mlp", mlp({ shape: [1, 5], data: [1, 2, 3, 4, 5] }), /\[-1,4\].*\[1,5\]/],
  ["infer_shape_negative", "mlp", mlp({ shape: [2, -5] })],
  ["infer_shape_fraction", "mlp", mlp({ shape: [1.5, 4] })],
  ["infer_shape_overflow", "mlp", overflow],
  ["infer_data_too_short", "mlp", mlp({ data: [1, 2, 3] })],
  ["infer_data_too_long", "mlp", mlp({ data: [1, 2, 3, 4, 5] })],
  ["infer_data_not_array", "mlp", mlp({ data: 5 })],
  ["infer_nesting_120", "id_int64", deep(120), /nested/],
  ["infer_parameter_object", "mlp", mlp({}, { parameters: { a: {} } })],
  ["infer_reserved_triton_prefix", "mlp", mlp({}, { parameters: { triton_x: 1 } })],
  ["infer_shared_memory", "mlp", mlp({ data: undefined, parameters: { shared_memory_region: "r" } }), /shared memory/],
  ["infer_sequence_id", "mlp", mlp({}, { parameters: { sequence_id: 7 } })],
];
test.each(refused)("%s", async (_case, model, body, message) => {
  await refuse(model, body, 400, message);
  await infer("mlp", { inputs: [row] });
});

test("infer_nesting_50", async () => {
  expect((await infer("id_int64", deep(50))).json.outputs[0].data).toEqual([7]);
});

test("infer_zero_batch", async () => {
  const { json } = await infer("mlp", mlp({ shape: [0, 4], data: [] }));
  expect(json.outputs).toEqual([{ name: "y", datatype: "FP32", shape: [0, 3], data: [] }]);
});

test.each<[string, object, Record<string, string>]>([
  ["infer_no_content_type", {}, {}],
  ["infer_form_content_type", {}, { "content-type": "application/x-www-form-urlencoded" }],
  ["infer_extra_top_level_key", { model_name: "x" }, {}],
  ["infer_custom_parameters", { parameters: { priority: 1, timeout: 25_000_000, k: "v", n: 3, b: true } }, {}],
])("%s", async (_case, rest, headers) => {
  const { json } = await infer("mlp", mlp({}, rest), headers);
  expect(json.model_name).toBe("mlp");
});
