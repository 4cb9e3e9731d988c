import { expect, test } from "vitest";
import type { Signature } from "#server/develop/registry/onnx/contract.ts";
import { splitBody } from "./binary.ts";
import { bindRequest } from "./bind-request.ts";
import { readInferRequest } from "./infer-request.ts";
import { encodeResponse } from "./infer-response.ts";

const signature: Signature = {
  inputs: [
    { name: "a", datatype: "FP32", shape: ["N", 2] },
    { name: "b", datatype: "FP32", shape: ["N", 2] },
  ],
  outputs: [
    { name: "sum", datatype: "FP32", shape: ["N", 2] },
    { name: "half", datatype: "FP16", shape: ["N", 2] },
  ],
  opsets: {},
  irVersion: 8,
  producer: "",
  metadata: {},
};

const input = (name: string, rest: object = {}) => ({ name, shape: [1, 2], datatype: "FP32", data: [1, 2], ...rest });
const bodyOf = (rest: object = {}) => ({ inputs: [input("a"), input("b")], outputs: [{ name: "sum" }], ...rest });
const read = (body: unknown, tail: Buffer = Buffer.alloc(0)) =>
  readInferRequest(Buffer.from(JSON.stringify(body)), tail);
const bind = (body: unknown, tail?: Buffer) => bindRequest(read(body, tail), signature);

test("returns the tensors of a valid request, and its outputs in the requested order", () => {
  const outputs = [{ name: "half", parameters: { binary_data: true } }, { name: "sum" }];
  expect(bind(bodyOf({ outputs }))).toEqual({
    tensors: [
      { name: "a", datatype: "FP32", shape: [1, 2], data: Float32Array.of(1, 2) },
      { name: "b", datatype: "FP32", shape: [1, 2], data: Float32Array.of(1, 2) },
    ],
    outputs: [
      { name: "half", isBinary: true },
      { name: "sum", isBinary: false },
    ],
  });
});

test("requests all outputs in model order for a missing or empty list", () => {
  const parameters = { binary_data_output: true };
  const all = [
    { name: "sum", isBinary: true },
    { name: "half", isBinary: true },
  ];
  expect(bind(bodyOf({ outputs: [], parameters })).outputs).toEqual(all);
  expect(bind(bodyOf({ outputs: undefined, parameters })).outputs).toEqual(all);
});

test("prefers the parameters of an output over those of the request", () => {
  const outputs = [{ name: "sum", parameters: { binary_data: false } }];
  expect(bind(bodyOf({ outputs, parameters: { binary_data_output: true } })).outputs).toEqual([
    { name: "sum", isBinary: false },
  ]);
});

test("reads binary inputs from the tail in order, beside inputs in JSON", () => {
  const binary = (name: string) => input(name, { data: undefined, parameters: { binary_data_size: 8 } });
  const tail = Buffer.from("0000803f00000040", "hex");
  const { tensors } = bind({ inputs: [input("b"), binary("a")], outputs: [{ name: "sum" }] }, tail);
  expect(tensors.map((tensor) => [tensor.name, tensor.data])).toEqual([
    ["b", Float32Array.of(1, 2)],
    ["a", Float32Array.of(1, 2)],
  ]);
});

test("treats null data as missing, as KServe's client sends an empty binary tensor", () => {
  const empty = (name: string) => input(name, { shape: [0, 2], data: null, parameters: { binary_data_size: 0 } });
  const { tensors } = bind({ inputs: [empty("a"), empty("b")], outputs: [{ name: "sum" }] });
  expect(tensors.map(({ shape, data }) => [shape, data])).toEqual([
    [[0, 2], new Float32Array()],
    [[0, 2], new Float32Array()],
  ]);
});

test("reads id and timeout, and ignores unknown keys", () => {
  expect(read(bodyOf({ id: 'é"\u0001', model_name: "ignored" })).id).toBe('é"\u0001');
  expect(read(bodyOf({ id: "" })).id).toBeUndefined();
  expect(read(bodyOf({ parameters: { timeout: 250_000, priority: 1, k: "v" } })).timeoutMs).toBe(250);
  expect(read(bodyOf({ parameters: { timeout: 0 } })).timeoutMs).toBeUndefined();
});

const refused: [string, unknown, string][] = [
  ["an array", [], "JSON object"],
  ["no inputs", {}, "'inputs'"],
  ["inputs that are no array", { inputs: {} }, "'inputs'"],
  ["a number as id", bodyOf({ id: 42 }), "'id'"],
  ["an id with half a character", bodyOf({ id: "a\ud800" }), "unpaired surrogate"],
  ["a missing input", { inputs: [input("a")] }, "input 'b' is missing"],
  ["an unknown input", { inputs: [input("a"), input("b"), input("c")] }, "no input 'c'; it has 'a', 'b'"],
  ["an input twice", { inputs: [input("a"), input("a"), input("b")] }, "'a' is listed twice"],
  ["null as the only data", { inputs: [input("a", { data: null }), input("b")] }, "either 'data' or"],
  ["no data", { inputs: [input("a", { data: undefined }), input("b")] }, "either 'data' or"],
  [
    "two kinds of data",
    { inputs: [input("a", { parameters: { binary_data_size: 8 } }), input("b")] },
    "either 'data' or",
  ],
  ["data that are no array", { inputs: [input("a", { data: 5 }), input("b")] }, "must be an array"],
  ["another datatype", { inputs: [input("a", { datatype: "FP64" }), input("b")] }, "expected datatype FP32, got FP64"],
  ["an unknown datatype", { inputs: [input("a", { datatype: "FLOAT" }), input("b")] }, "no datatype 'FLOAT'"],
  ["another rank", { inputs: [input("a", { shape: [2] }), input("b")] }, "expected shape [-1,2], got [2]"],
  ["another size", { inputs: [input("a", { shape: [1, 3] }), input("b")] }, "expected shape [-1,2], got [1,3]"],
  ["a negative size", { inputs: [input("a", { shape: [2, -2] }), input("b")] }, "-2 is not a dimension"],
  ["half a row", { inputs: [input("a", { shape: [1.5, 2] }), input("b")] }, "1.5 is not a dimension"],
  [
    "a size beyond exact integers",
    { inputs: [input("a", { shape: [2 ** 53] }), input("b")] },
    "9007199254740992 is no",
  ],
  ["a list as size", { inputs: [input("a", { shape: [[1]] }), input("b")] }, "an array is not a dimension"],
  [
    "a long text as size",
    { inputs: [input("a", { shape: ["x".repeat(100)] }), input("b")] },
    `${"x".repeat(60)}…" is no`,
  ],
  ["a shape that overflows", { inputs: [input("a", { shape: [2 ** 52, 2] }), input("b")] }, "too many elements"],
  ["a large size beside 0", { inputs: [input("a", { shape: [0, 2 ** 40] }), input("b")] }, "too many elements"],
  ["large sizes before 0", { inputs: [input("a", { shape: [2 ** 31, 2 ** 31, 0] }), input("b")] }, "too many elements"],
  [
    "different batches",
    { inputs: [input("a"), input("b", { shape: [2, 2], data: [1, 2, 3, 4] })] },
    "dimension N is 2, but 1",
  ],
  ["an unknown output", bodyOf({ outputs: [{ name: "zzz" }] }), "no output 'zzz'"],
  ["an output twice", bodyOf({ outputs: [{ name: "sum" }, { name: "sum" }] }), "'sum' is listed twice"],
  ["half precision in JSON", bodyOf({ outputs: [{ name: "half" }] }), "request binary data"],
  ["an object as parameter", bodyOf({ parameters: { a: {} } }), "parameter a"],
  ["a reserved parameter", bodyOf({ parameters: { triton_x: 1 } }), "reserved"],
  ["a sequence", bodyOf({ parameters: { sequence_id: 7 } }), "sequences"],
  ["a negative timeout", bodyOf({ parameters: { timeout: -1 } }), "microseconds"],
  ["a flag that is none", bodyOf({ parameters: { binary_data_output: "yes" } }), "true or false"],
  ["shared memory", { inputs: [input("a", { parameters: { shared_memory_region: "r" } })] }, "shared memory"],
  [
    "a size as text",
    { inputs: [input("a", { data: undefined, parameters: { binary_data_size: "8" } })] },
    "an integer number of bytes",
  ],
  [
    "bytes that are not there",
    { inputs: [input("a", { data: undefined, parameters: { binary_data_size: 8 } }), input("b")] },
    "the body ends",
  ],
];
test.each(refused)("rejects %s", (_what, body, message) => {
  expect(() => bind(body)).toThrow(
    expect.objectContaining({ code: "invalid", message: expect.stringContaining(message) }),
  );
});

test("accepts a shape of as many elements as the largest body holds", () => {
  for (const shape of [[2 ** 28], [0, 2 ** 28], [2 ** 14, 0, 2 ** 14]]) {
    expect(read({ inputs: [input("a", { shape })] }).inputs[0]?.shape).toEqual(shape);
  }
});

test("rejects a size that is nested too deep to print", () => {
  const size = "[".repeat(10_000) + "]".repeat(10_000);
  const body = `{"inputs":[{"name":"a","shape":[${size}],"datatype":"FP32","data":[1]}]}`;
  expect(() => readInferRequest(Buffer.from(body), Buffer.alloc(0))).toThrow(
    expect.objectContaining({ code: "invalid", message: "input 'a': an array is not a dimension" }),
  );
});

test("rejects bytes after the last input", () => {
  expect(() => bind(bodyOf(), Buffer.alloc(3))).toThrow("3 bytes follow");
});

test("rejects bare NaN, an empty body and a truncated body as invalid JSON", () => {
  for (const text of ['{"inputs":[{"name":"a","data":[NaN]}]}', "", "{"]) {
    expect(() => readInferRequest(Buffer.from(text), Buffer.alloc(0))).toThrow(
      expect.objectContaining({ code: "invalid" }),
    );
  }
});

test("splits a body at the length in its header, and rejects an invalid length", () => {
  const body = Buffer.from("{}abc");
  expect(splitBody(body, undefined).json).toEqual(body);
  expect(splitBody(body, "2").tail.toString()).toBe("abc");
  expect(splitBody(body, "5").tail).toHaveLength(0);
  expect(splitBody(body, "0")).toEqual({ json: undefined, tail: body });
  for (const header of ["-1", "abc", "6", "99999999999"]) expect(() => splitBody(body, header)).toThrow();
});

test("encodes a response to the bytes of docs/spec/open-inference-protocol.md section 9.6", () => {
  const { body, jsonLength } = encodeResponse({
    id: "42",
    modelName: "m",
    modelVersion: "3",
    parameters: {},
    tensors: [{ name: "y", datatype: "FP32", shape: [1, 2], data: Float32Array.of(1.5, -2) }],
    outputs: [{ name: "y", isBinary: true }],
    signature,
  });
  const json =
    '{"id":"42","model_name":"m","model_version":"3","parameters":{},"outputs":[{"name":"y","datatype":"FP32","shape":[1,2],"parameters":{"binary_data_size":8}}]}';
  expect(jsonLength).toBe(json.length);
  expect(body).toEqual(Buffer.concat([Buffer.from(json), Buffer.from("0000c03f000000c0", "hex")]));
});
