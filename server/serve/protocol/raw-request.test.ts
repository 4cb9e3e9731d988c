import { expect, test } from "vitest";
import type { Signature, TensorSpec } from "#server/develop/registry/onnx/contract.ts";
import { rawRequest } from "./raw-request.ts";

const y: TensorSpec = { name: "y", datatype: "FP32", shape: ["N", 2] };
const taking = (...inputs: TensorSpec[]): Signature => ({
  inputs,
  outputs: [y],
  opsets: {},
  irVersion: 8,
  producer: "",
  metadata: {},
});
const x = (shape: TensorSpec["shape"], datatype: TensorSpec["datatype"] = "FP32") => ({ name: "x", datatype, shape });

test.each<[string, TensorSpec, number, number[]]>([
  ["one row of a batch", x(["N", 2]), 8, [1, 2]],
  ["a free dimension besides the batch", x(["N", "T", 2]), 24, [1, 3, 2]],
  ["no bytes for a free dimension", x(["N", "T"]), 0, [1, 0]],
])("infers the shape of %s from the body size", (_case, spec, size, shape) => {
  const request = rawRequest(Buffer.alloc(size), taking(spec));
  expect(request).toMatchObject({ wantsBinary: true, inputs: [{ name: "x", shape, binarySize: size }] });
});

test("infers the first free dimension without a batch dimension", () => {
  const request = rawRequest(Buffer.alloc(12), { ...taking(x(["T"])), outputs: [{ ...y, shape: [2] }] });
  expect(request.inputs[0]?.shape).toEqual([3]);
});

test("sends the whole body as one text with a length prefix", () => {
  const request = rawRequest(Buffer.from("427"), taking(x(["N", 1], "BYTES")));
  expect(request.inputs[0]).toMatchObject({ shape: [1, 1], binarySize: 7 });
  expect(request.tail.toString("hex")).toBe("03000000343237");
});

test.each<[string, TensorSpec[], number, RegExp]>([
  ["two inputs", [x(["N", 2]), { ...x(["N", 2]), name: "z" }], 8, /one input; this one has 2/],
  ["two free dimensions", [x(["N", "T", "K"])], 8, /2 variable dimensions/],
  ["half an element", [x(["N", "T"])], 6, /not a multiple of 4/],
  ["more than one text", [x(["N", 2], "BYTES")], 3, /exactly one/],
  ["a free number of texts", [x(["N", "T"], "BYTES")], 3, /exactly one/],
])("requires a JSON part for %s", (_case, inputs, size, message) => {
  expect(() => rawRequest(Buffer.alloc(size), taking(...inputs))).toThrow(message);
});
