import { expect, test } from "vitest";
import { tailOf } from "./ask.ts";
import { binaryTensor, row, tensor, withTail } from "./bodies.ts";
import { openScene } from "./scene.ts";

const { infer, refuse } = await openScene([
  "id_fp32",
  "id_bytes",
  "id_int64",
  "id_uint64",
  "id_fp64",
  "id_bool",
  "two",
  "mlp",
  "replay_x",
]);
const asBinary = { parameters: { binary_data_output: true } };
const one = (datatype: string, shape: number[], size: number, rest: object = asBinary) => ({
  inputs: [binaryTensor("x", datatype, shape, size)],
  ...rest,
});
const send = (model: string, json: object | string, hex: string) => {
  const { body, headers } = withTail(json, hex);
  return infer(model, body, headers);
};

test.each([
  ["bin_fp32", "FP32", [2], "0000803f 00000040"],
  ["bin_bytes", "BYTES", [2], "01000000 61 02000000 6263"],
  ["bin_bytes, empty and not ASCII", "BYTES", [2], "00000000 02000000 c3a9"],
  ["bin_int64", "INT64", [2], "0100000000002000 ffffffffffffffff"],
  ["bin_uint64", "UINT64", [1], "ffffffffffffffff"],
  ["bin_fp64", "FP64", [2], "000000000000f03f 000000000000e0bf"],
  ["bin_bool", "BOOL", [3], "010001"],
  ["bin_nan", "FP32", [4], "0000c07f 0000807f 000080ff 0100a07f"],
])("%s", async (_case, datatype, shape, spaced) => {
  const hex = spaced.replaceAll(" ", "");
  const answer = await send(`id_${datatype.toLowerCase()}`, one(datatype, shape, hex.length / 2), hex);
  expect(tailOf(answer)).toBe(hex);
  expect(answer.json.outputs).toEqual([
    { name: "y", datatype, shape, parameters: { binary_data_size: hex.length / 2 } },
  ]);
});

const [a, b] = ["a", "b"].map((name) => binaryTensor(name, "FP32", [1, 2], 8));
test("bin_two_inputs", async () => {
  const { json } = await send("two", { inputs: [b, a] }, "0000803f 00000040 00004040 00008040");
  expect(json.outputs.map(({ data }: { data: number[] }) => data)).toEqual([
    [4, 6],
    [2, 2],
  ]);
});

test("bin_mixed", async () => {
  const inputs = [tensor("a", "FP32", [5, 5], [1, 2]), b];
  const { json } = await send("two", { inputs }, "0000803f 00000040");
  expect(json.outputs[1].data).toEqual([4, 3]);
});

test("bin_unaligned", async () => {
  for (const id of ["1", "12", "123", "1234"]) {
    const { json } = await send("id_fp32", one("FP32", [1], 4, { id }), "0000803f");
    expect(json.outputs[0].data).toEqual([1]);
  }
});

const listed = (binary?: boolean, name = "y") => ({
  name,
  ...(binary !== undefined && { parameters: { binary_data: binary } }),
});
test.each<[string, object, boolean]>([
  ["bin_output_true", { outputs: [listed(true)] }, true],
  ["bin_output_false_overrides", { ...asBinary, outputs: [listed(false)] }, false],
  ["bin_output_listed_inherits", { ...asBinary, outputs: [listed()] }, true],
])("%s", async (_case, rest, isBinary) => {
  const answer = await infer("mlp", { inputs: [row], ...rest });
  expect(answer.headers["inference-header-content-length"] !== undefined).toBe(isBinary);
  expect("data" in answer.json.outputs[0]).toBe(!isBinary);
  if (isBinary) expect(tailOf(answer)).toHaveLength(24);
});

test("bin_output_mixed", async () => {
  const inputs = [tensor("a", "FP32", [1, 2], [1, 2]), tensor("b", "FP32", [0, 0], [1, 2])];
  const answer = await infer("two", { inputs, outputs: [listed(true, "sum"), listed(false, "diff")] });
  expect(tailOf(answer)).toBe("0000803f00000040");
  expect(answer.json.outputs).toMatchObject([{ parameters: { binary_data_size: 8 } }, { data: [1, 2] }]);
});

test("bin_header_full_length", async () => {
  const { json } = await send("mlp", { inputs: [row] }, "");
  expect(json.outputs[0].shape).toEqual([1, 3]);
});

test("bin_json_only_binary_out", async () => {
  const json =
    '{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","data":[1.0,2.0]}],"parameters":{"binary_data_output":true}}';
  expect(tailOf(await infer("replay_x", json))).toBe("0000803f00000040".repeat(3));
});

test("bin_empty_tensor", async () => {
  const answer = await send("replay_x", one("FP32", [0, 2], 0), "");
  expect(answer.json.outputs[0]).toMatchObject({ shape: [0, 2], parameters: { binary_data_size: 0 } });
  expect(tailOf(answer)).toBe("");
});

test("bin_nan_json_out", async () => {
  const { json } = await send("id_fp32", one("FP32", [3], 12, {}), "0000c07f 0000807f 000080ff");
  expect(json.outputs[0].data).toEqual(["NaN", "Infinity", "-Infinity"]);
});

const wrong: [string, string, object, string][] = [
  ["bin_size_short", "id_fp32", one("FP32", [2], 8), "0000803f 000000"],
  ["bin_size_long", "id_fp32", one("FP32", [2], 8), "0000803f 00000040 00"],
  ["bin_size_mismatch", "id_fp32", one("FP32", [2], 4), "0000803f"],
  ["bin_size_not_integer", "id_fp32", { inputs: [binaryTensor("x", "FP32", [2], "8" as never)] }, "0000803f 00000040"],
  ["bin_bytes_truncated", "id_bytes", one("BYTES", [1], 5), "09000000 61"],
  ["bin_bytes_wrong_count", "id_bytes", one("BYTES", [3], 10), "01000000 61 01000000 62"],
  ["bin_bytes_invalid_utf8", "id_bytes", one("BYTES", [1], 5), "01000000 ff"],
  ["bin_output_flag_not_bool", "mlp", { inputs: [row], parameters: { binary_data_output: "yes" } }, ""],
];
test.each(wrong)("%s", async (_case, model, json, hex) => {
  const { body, headers } = withTail(json, hex);
  await refuse(model, body, 400, /./, headers);
});

const body = JSON.stringify({ inputs: [row] });
test.each([
  ["bin_header_negative", "-1"],
  ["bin_header_text", "abc"],
  ["bin_header_too_large", String(body.length + 1)],
  ["bin_header_huge", "99999999999"],
])("%s", async (_case, length) => {
  await refuse("mlp", body, 400, /Inference-Header-Content-Length/, { "inference-header-content-length": length });
  await infer("mlp", body);
});
