import { expect, test } from "vitest";
import type { Datatype } from "#server/develop/registry/onnx/contract.ts";
import type { TensorData } from "../tensor/tensor.ts";
import { decodeBinary, encodeBinary } from "./binary.ts";
import { decodeJson } from "./decode-json.ts";
import { encodeJson, toLogged } from "./encode-json.ts";

const decode = (datatype: Datatype, data: unknown[]) => decodeJson("x", datatype, data, data.length);
const encode = (datatype: Datatype, data: TensorData) =>
  encodeJson({ name: "y", datatype, shape: [data.length], data });

const roundTrips: [Datatype, unknown[]][] = [
  ["BOOL", [true, false]],
  ["UINT8", [0, 255]],
  ["UINT16", [0, 65_535]],
  ["UINT32", [0, 4_294_967_295]],
  ["INT8", [-128, 127]],
  ["INT16", [-32_768, 32_767]],
  ["INT32", [-2_147_483_648, 2_147_483_647]],
  ["FP32", [0.10000000149011612, -2.5, 3.4028234663852886e38]],
  ["FP64", [0.1, 5e-324, -1.7976931348623157e308]],
  ["FP32", ["NaN", "Infinity", "-Infinity", 1]],
  ["BYTES", ["", "é", '日本"', "NaN"]],
];
test.each(roundTrips)("decodes and encodes %s elements %j unchanged", (datatype, data) => {
  expect(JSON.parse(encode(datatype, decode(datatype, data)))).toEqual(data);
});

test("preserves every digit of 64-bit integers", () => {
  const data = decode("INT64", ["9007199254740993", -1, "-9223372036854775808"]);
  expect(encode("INT64", data)).toBe("[9007199254740993,-1,-9223372036854775808]");
  expect(encode("UINT64", decode("UINT64", ["18446744073709551615"]))).toBe("[18446744073709551615]");
});

const refused: [string, Datatype, unknown[]][] = [
  ["a fraction", "INT32", [1.5]],
  ["above the range", "UINT8", [256]],
  ["below the range", "UINT8", [-1]],
  ["an integer that JSON has rounded", "INT64", [9007199254740992]],
  ["beyond 64 bits", "UINT64", ["18446744073709551616"]],
  ["null", "FP32", [null]],
  ["a number as text", "FP32", ["1"]],
  ["too large for single precision", "FP32", [1e39]],
  ["too large for double precision", "FP64", [Number.POSITIVE_INFINITY]],
  ["U+0000", "BYTES", ["x\0y"]],
  ["a number as text element", "BYTES", [1]],
  ["two as a boolean", "BOOL", [2]],
  ["half precision", "FP16", [1]],
];
test.each(refused)("rejects %s as %s", (_what, datatype, data) => {
  expect(() => decode(datatype, data)).toThrow(expect.objectContaining({ code: "invalid" }));
});

test("reads elements in order from any nesting up to 100 levels", () => {
  expect(
    decodeJson(
      "x",
      "FP32",
      [
        [1, 2],
        [[3], 4],
      ],
      4,
    ),
  ).toEqual(Float32Array.of(1, 2, 3, 4));
  const nested = (levels: number) => JSON.parse("[".repeat(levels) + 7 + "]".repeat(levels));
  expect(decodeJson("x", "INT64", nested(100), 1)).toEqual(BigInt64Array.of(7n));
  expect(() => decodeJson("x", "INT64", nested(101), 1)).toThrow("100 levels");
  expect(() => decodeJson("x", "INT64", nested(250_000), 1)).toThrow("100 levels");
});

test("rejects a number of elements that does not match the shape", () => {
  expect(() => decodeJson("x", "FP32", [1, 2, 3], 4)).toThrow("input 'x': the shape needs 4 elements, got 3");
  expect(decodeJson("x", "FP32", [], 0)).toEqual(new Float32Array());
});

// Bytes of the fixtures F1 to F10 of docs/spec/open-inference-protocol.md section 9.6.
const binaries: [Datatype, string, TensorData][] = [
  ["FP32", "0000803f00000040", Float32Array.of(1, 2)],
  ["BYTES", "0100000061020000006263", ["a", "bc"]],
  ["BYTES", "0000000002000000c3a9", ["", "é"]],
  ["BOOL", "010001", Uint8Array.of(1, 0, 1)],
  ["INT64", "0100000000002000ffffffffffffffff", BigInt64Array.of(9007199254740993n, -1n)],
  ["UINT64", "ffffffffffffffff", BigUint64Array.of(18446744073709551615n)],
  ["FP16", "003c00c00038", Uint16Array.of(0x3c00, 0xc000, 0x3800)],
  ["FP64", "000000000000f03f000000000000e0bf", Float64Array.of(1, -0.5)],
  ["INT8", "ff7f", Int8Array.of(-1, 127)],
  ["UINT16", "0201", Uint16Array.of(258)],
];
test.each(binaries)("decodes and encodes %s as the bytes %s, even at an odd offset", (datatype, hex, data) => {
  const bytes = Buffer.concat([Buffer.from("!"), Buffer.from(hex, "hex")]).subarray(1);
  expect(decodeBinary("x", datatype, bytes, data.length)).toEqual(data);
  expect(encodeBinary({ name: "x", datatype, shape: [data.length], data }).toString("hex")).toBe(hex);
});

const brokenBinaries: [string, Datatype, string, number][] = [
  ["too few bytes", "FP32", "0000803f", 2],
  ["too many bytes", "FP32", "0000803f00", 1],
  ["a cut length", "BYTES", "010000", 1],
  ["a text longer than its bytes", "BYTES", "0500000061", 1],
  ["too few texts", "BYTES", "0100000061", 2],
  ["invalid UTF-8", "BYTES", "01000000ff", 1],
  ["a U+0000", "BYTES", "0100000000", 1],
];
test.each(brokenBinaries)("rejects %s", (_what, datatype, hex, count) => {
  expect(() => decodeBinary("x", datatype, Buffer.from(hex, "hex"), count)).toThrow(
    expect.objectContaining({ code: "invalid" }),
  );
});

test("logs elements in a JSON-safe form and drops those of tensors that are too large", () => {
  const tensor = { name: "x", datatype: "INT64" as const, shape: [2], data: BigInt64Array.of(1n, 2n ** 60n) };
  expect(toLogged(tensor, 2).data).toEqual([1, "1152921504606846976"]);
  expect(toLogged(tensor, 1)).toEqual({ name: "x", datatype: "INT64", shape: [2] });
});
