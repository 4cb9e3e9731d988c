import { expect, test } from "vitest";
import { tensor } from "./bodies.ts";
import { openScene } from "./scene.ts";

const { infer, refuse } = await openScene([
  "id_bool",
  "id_int32",
  "id_uint8",
  "id_int64",
  "id_uint64",
  "id_fp32",
  "id_bytes",
]);
const body = (datatype: string, data: unknown[]) => ({ inputs: [tensor("x", datatype, data)] });

test.each<[string, string, unknown[], unknown[]]>([
  ["json_bool_01", "BOOL", [1, 0], [true, false]],
  ["json_nan_string", "FP32", ["NaN", "Infinity", "-Infinity", 1], ["NaN", "Infinity", "-Infinity", 1]],
  ["json_bytes_unicode", "BYTES", ["", "é", "日本"], ["", "é", "日本"]],
])("%s", async (_case, datatype, data, answered) => {
  const { json } = await infer(`id_${datatype.toLowerCase()}`, body(datatype, data));
  expect(json.outputs[0].data).toEqual(answered);
});

test.each([
  ["json_int64_string", "INT64", "9007199254740993"],
  ["json_uint64_max", "UINT64", "18446744073709551615"],
])("%s", async (_case, datatype, digits) => {
  const { body: text } = await infer(`id_${datatype.toLowerCase()}`, body(datatype, [digits]));
  expect(text.toString()).toContain(`"data":[${digits}]`);
});

test.each<[string, string, unknown[]]>([
  ["json_int_fraction", "INT32", [1.5]],
  ["json_int_range", "UINT8", [256]],
  ["json_int_range", "UINT8", [-1]],
  ["json_int64_unsafe_number", "INT64", [9007199254740992]],
  ["json_null", "FP32", [null]],
  ["json_fp32_overflow", "FP32", [1e39]],
  ["json_bytes_nul", "BYTES", ["x\u0000y"]],
])("%s %s %j", async (_case, datatype, data) => {
  await refuse(`id_${datatype.toLowerCase()}`, body(datatype, data), 400, /element 0/);
});

test("json_int64_unsafe_number, as it is written", async () => {
  await refuse("id_int64", '{"inputs":[{"name":"x","shape":[1],"datatype":"INT64","data":[9007199254740993]}]}', 400);
});

test("json_nan_bare", async () => {
  await refuse("id_fp32", '{"inputs":[{"name":"x","shape":[1],"datatype":"FP32","data":[NaN]}]}', 400, /JSON/);
});
