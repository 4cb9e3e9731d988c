import { describe, expect, test } from "vitest";
import * as fixtures from "../../../testing/fixtures/registry/onnx/fixture-models.ts";
import { memorySource } from "./byte-sources.ts";
import { readOnnxFile } from "./onnx-file.ts";
import { refuseUnservableValues } from "./value-type.ts";

const read = (bytes: Uint8Array) => readOnnxFile(memorySource(bytes));
const refusalOf = (bytes: Uint8Array) => {
  const file = read(bytes);
  refuseUnservableValues(file.inputs, file.outputs);
};

test("reads versions, producer, metadata and inputs", () => {
  const metadata = { labels: "a,b", author: "Ada" };
  const file = read(fixtures.identityModel("int64", ["N", 3], { metadata, domains: { "ai.onnx.ml": 3 } }));
  expect(file).toMatchObject({
    irVersion: 8,
    producer: "leeway-tests 1.0",
    opsets: { "": 13, "ai.onnx.ml": 3 },
    metadata,
    inputs: [{ name: "x", kind: "tensor", elementType: fixtures.elementTypes.int64, hasShape: true }],
    externalFiles: [],
  });
});

test("excludes an initialised input from the inputs", () => {
  const w = fixtures.weights("w", [1], new Float32Array([1]));
  const model = fixtures.onnxModel({
    nodes: [fixtures.node("Add", ["x", "w"], ["y"])],
    initializers: [w],
    inputs: [fixtures.tensorValue("x", "float32", [1]), fixtures.tensorValue("w", "float32", [1])],
    outputs: [fixtures.tensorValue("y", "float32", [1])],
  });
  expect(read(model).inputs.map((input) => input.name)).toEqual(["x"]);
});

test("skips weights without reading them", () => {
  const bytes = fixtures.mlpModel([512, 512, 10]);
  let bytesRead = 0;
  const source = {
    sizeBytes: bytes.length,
    read(start: number, end: number) {
      bytesRead += end - start;
      return bytes.subarray(start, end);
    },
  };
  readOnnxFile(source);
  expect(bytes.length).toBeGreaterThan(1_000_000);
  expect(bytesRead).toBeLessThan(10_000);
});

describe("weights in a second file", () => {
  test("are found in the graph", () => {
    expect(read(fixtures.externalDataModel("./weights/w.bin")).externalFiles).toEqual(["weights/w.bin"]);
  });

  test("are found in the attribute of a node", () => {
    const tensor = fixtures.externalWeights("w", [2], "w.bin");
    const constant = fixtures.node("Constant", [], ["w"], "", [fixtures.tensorAttribute("value", tensor)]);
    const model = fixtures.onnxModel({
      nodes: [constant],
      inputs: [],
      outputs: [fixtures.tensorValue("w", "float32", [2])],
    });
    expect(read(model).externalFiles).toEqual(["w.bin"]);
  });

  test.each(["/etc/passwd", "../other.onnx", "a/../../b", "c:\\w"])(
    "are rejected outside the folder of the model: %s",
    (path) => {
      expect(() => read(fixtures.externalDataModel(path))).toThrow("outside its own folder");
    },
  );
});

describe("rejected files", () => {
  const model = fixtures.mlpModel([4, 16, 3]);
  test.each([
    ["nothing", Buffer.alloc(0), "empty"],
    ["text", Buffer.from("hello world"), "Not an ONNX file"],
    ["random bytes", Buffer.from("d2fb1a09c3a7", "hex"), "Not an ONNX file"],
    ["a zip archive", Buffer.from("PK\u0003\u0004rest"), "zip archive"],
    ["a pickle", Buffer.from([0x80, 4, 0x95]), "pickle"],
    ["a web page", Buffer.from("<html>"), "an HTML or XML file"],
    ["a Git LFS pointer", Buffer.from("version https://git-lfs.github.com/spec/v1"), "Git LFS"],
    ["only its first field", model.subarray(0, 2), "truncated"],
    ["a bfloat16 input", fixtures.identityModel("bfloat16"), 'Input "x" has the type bfloat16'],
    ["a complex input", fixtures.identityModel("complex64"), 'Input "x" has the type complex64'],
    ["a float8 input", fixtures.identityModel("float8e4m3fn"), 'Input "x" has the type float8e4m3fn'],
  ])("rejects %s with the reason", (_, bytes, message) => {
    expect(() => refusalOf(bytes)).toThrow(
      expect.objectContaining({ code: "invalid", message: expect.stringContaining(message) }),
    );
  });

  test("rejects a file truncated at any length", () => {
    for (let length = 3; length < model.length; length += 7) {
      expect(() => read(model.subarray(0, length)), `${length} bytes`).toThrow("truncated");
    }
  });

  test("rejects a sequence", () => {
    const parts = { nodes: [fixtures.node("Identity", ["x"], ["y"])], outputs: [fixtures.sequenceValue("y")] };
    const input = fixtures.tensorValue("x", "float32", ["N"]);
    expect(() => refusalOf(fixtures.onnxModel({ ...parts, inputs: [input] }))).toThrow('Output "y" is a sequence');
    expect(() => refusalOf(fixtures.onnxModel({ ...parts, inputs: [fixtures.sequenceValue("x")] }))).toThrow(
      'Input "x" is a sequence',
    );
  });

  test("rejects an input of unknown rank", () => {
    const model = fixtures.identityModel("float32", [], { inputs: [fixtures.tensorValue("x", "float32")] });
    expect(() => refusalOf(model)).toThrow('Input "x" has no shape');
  });

  test("rejects a file over the 2 GiB limit of the format", () => {
    const source = { sizeBytes: 2 ** 31, read: (start: number, end: number) => model.subarray(start, end) };
    expect(() => readOnnxFile(source)).toThrow("2 GiB");
  });
});
