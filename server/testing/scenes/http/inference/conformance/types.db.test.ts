import { expect, test } from "vitest";
import { tailOf } from "./ask.ts";
import { binaryTensor, tensor, withTail } from "./bodies.ts";
import type { FixtureName } from "./fixtures.ts";
import { openScene } from "./scene.ts";

/** Extreme values as they are sent, and as they come back where that is written otherwise. */
const cases: [string, FixtureName, string, unknown[], string?][] = [
  ["type_bool", "id_bool", "BOOL", [true, false]],
  ["type_uint8", "id_uint8", "UINT8", [0, 255]],
  ["type_uint16", "id_uint16", "UINT16", [0, 65_535]],
  ["type_uint32", "id_uint32", "UINT32", [0, 4_294_967_295]],
  ["type_uint64", "id_uint64", "UINT64", [0, "18446744073709551615"], "[0,18446744073709551615]"],
  ["type_int8", "id_int8", "INT8", [-128, 127]],
  ["type_int16", "id_int16", "INT16", [-32_768, 32_767]],
  ["type_int32", "id_int32", "INT32", [-2_147_483_648, 2_147_483_647]],
  [
    "type_int64",
    "id_int64",
    "INT64",
    ["-9223372036854775808", "9223372036854775807"],
    "[-9223372036854775808,9223372036854775807]",
  ],
  ["type_fp32", "id_fp32", "FP32", [0.10000000149011612, -2.5, 3.4028234663852886e38, 1.401298464324817e-45]],
  ["type_fp64", "id_fp64", "FP64", [0.1, 5e-324, -1.7976931348623157e308]],
  ["type_bytes", "id_bytes", "BYTES", ["", "é", "日本", "NaN", '"\\']],
];
const { infer, refuse } = await openScene([...cases.map(([, model]) => model), "id_fp16"]);

test.each(cases)("%s", async (_case, model, datatype, data, text) => {
  const { body, json } = await infer(model, { inputs: [tensor("x", datatype, data)] });
  expect(json.outputs[0]).toMatchObject({ datatype, shape: [data.length] });
  if (text) expect(body.toString()).toContain(`"data":${text}`);
  else expect(json.outputs[0].data).toEqual(data);
});

test("type_fp16_json_in", () => refuse("id_fp16", { inputs: [tensor("x", "FP16", [1])] }, 400, /binary/));

const half = "003c 00c0 0038";
test("type_fp16_json_out", async () => {
  const { body, headers } = withTail({ inputs: [binaryTensor("x", "FP16", [3], 6)] }, half);
  await refuse("id_fp16", body, 400, /binary/, headers);
});

test("type_fp16_binary", async () => {
  const json = { inputs: [binaryTensor("x", "FP16", [3], 6)], parameters: { binary_data_output: true } };
  const { body, headers } = withTail(json, half);
  expect(tailOf(await infer("id_fp16", body, headers))).toBe("003c00c00038");
});
