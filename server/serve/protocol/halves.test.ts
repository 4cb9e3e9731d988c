import { expect, test } from "vitest";
import { halvesAsBytes, readHalves } from "./halves.ts";

const part = (name: string, datatype: string, data: unknown) => {
  return { name, datatype, shape: [2], data, binarySize: undefined };
};

test("encodes numbers as FP16 bits, rounded once, and accepts words for NaN and infinity", () => {
  // 0.1 lies between 0x2e66 and 0x2e67; 65519 is the last that is rounded down to 65504.
  expect(readHalves("h", [1, -2, 0.1, 65_519], 4)).toEqual(Uint16Array.of(0x3c00, 0xc000, 0x2e66, 0x7bff));
  expect(readHalves("h", [["NaN"], ["-Infinity"]], 2)).toEqual(Uint16Array.of(0x7e00, 0xfc00));
});

test("rejects a value that is not FP16, with its index", () => {
  expect(() => readHalves("h", [1, 65_520], 2)).toThrow("input 'h': element 1 exceeds the FP16 range");
  expect(() => readHalves("h", [1, "x"], 2)).toThrow("element 1 is not a number");
  expect(() => readHalves("h", [1], 2)).toThrow("the shape needs 2 elements, got 1");
});

test("moves FP16 inputs into the binary tail in input order, between existing binary inputs", () => {
  const first = { ...part("a", "INT8", undefined), binarySize: 2 };
  const last = { ...part("c", "INT8", undefined), binarySize: 2 };
  const sent = [first, part("b", "FP16", [1, 2]), part("x", "FP32", [3, 4]), last];
  const { inputs, tail } = halvesAsBytes(sent, Buffer.from("01020304", "hex"));
  expect(tail.toString("hex")).toBe("0102003c00400304");
  expect(inputs).toMatchObject([first, { name: "b", binarySize: 4 }, { name: "x", data: [3, 4] }, last]);
  expect(inputs[1]?.data).toBeUndefined();
});
