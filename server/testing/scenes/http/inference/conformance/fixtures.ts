import type { Signature, TensorSpec } from "#server/develop/registry/onnx/contract.ts";
import {
  type ElementType,
  identityModel,
  mlpModel,
  node,
  onnxModel,
  tensorValue,
  weights,
} from "#server/testing/scenes/registry/onnx/fixture-models.ts";

/** What a fixture model is made of, and how it is served. */
export interface Fixture {
  signature: Signature;
  /** Files of its versions, from version 1 on. */
  files: Buffer[];
}

const elementOf: Record<TensorSpec["datatype"], ElementType> = {
  BOOL: "bool",
  UINT8: "uint8",
  UINT16: "uint16",
  UINT32: "uint32",
  UINT64: "uint64",
  INT8: "int8",
  INT16: "int16",
  INT32: "int32",
  INT64: "int64",
  FP16: "float16",
  FP32: "float32",
  FP64: "float64",
  BYTES: "string",
};

const spec = (name: string, datatype: TensorSpec["datatype"], shape: TensorSpec["shape"]): TensorSpec => ({
  name,
  datatype,
  shape,
});
const value = ({ name, datatype, shape }: TensorSpec) => tensorValue(name, elementOf[datatype], shape);
const signatureOf = (inputs: TensorSpec[], outputs: TensorSpec[], labels?: string[]): Signature => ({
  inputs,
  outputs,
  opsets: { "": 13 },
  irVersion: 8,
  producer: "leeway-tests",
  metadata: {},
  ...(labels && { labels }),
});

/** A model of any nodes. */
function made(inputs: TensorSpec[], outputs: TensorSpec[], nodes: Buffer[], initializers: Buffer[] = []): Fixture {
  const file = onnxModel({ nodes, initializers, inputs: inputs.map(value), outputs: outputs.map(value) });
  return { signature: signatureOf(inputs, outputs), files: [file] };
}

/** Each output is a copy of an input. */
function copies(inputs: TensorSpec[], outputs: Record<string, string>): Fixture {
  const copied = Object.entries(outputs).map(([name, from]) => {
    const input = inputs.find((one) => one.name === from) as TensorSpec;
    return { output: { ...input, name }, node: node("Identity", [from], [name]) };
  });
  return made(
    inputs,
    copied.map(({ output }) => output),
    copied.map((one) => one.node),
  );
}

function identity(datatype: TensorSpec["datatype"], shape: TensorSpec["shape"] = ["N"]): Fixture {
  const signature = signatureOf([spec("x", datatype, shape)], [spec("y", datatype, shape)]);
  return { signature, files: [identityModel(elementOf[datatype], shape)] };
}

const mlp = (labels?: string[]): Fixture => ({
  signature: signatureOf([spec("x", "FP32", ["N", 4])], [spec("y", "FP32", ["N", 3])], labels),
  files: [mlpModel([4, 16, 3]), mlpModel([4, 8, 3]), mlpModel([4, 4, 3])],
});

const pair = (name: string) => spec(name, "FP32", ["N", 2]);

/** The same matrix over and over: the rows of a request say how long it takes, 64 about 200 ms. */
function slow(): Fixture {
  const times = 200;
  const size = 512;
  const nodes = Array.from({ length: times }, (_, step) =>
    node("MatMul", [step === 0 ? "x" : `m${step}`, "W"], [step === times - 1 ? "y" : `m${step + 1}`]),
  );
  const matrix = weights("W", [size, size], new Float32Array(size * size));
  return made([spec("x", "FP32", ["N", size])], [spec("y", "FP32", ["N", size])], nodes, [matrix]);
}

/** The models of the conformance cases, and those that the byte-exact fixtures F1 to F15 of docs/spec/open-inference-protocol.md section 9.6 fit. */
export const fixtures = {
  id_bool: () => identity("BOOL"),
  id_uint8: () => identity("UINT8"),
  id_uint16: () => identity("UINT16"),
  id_uint32: () => identity("UINT32"),
  id_uint64: () => identity("UINT64"),
  id_int8: () => identity("INT8"),
  id_int16: () => identity("INT16"),
  id_int32: () => identity("INT32"),
  id_int64: () => identity("INT64"),
  id_fp16: () => identity("FP16"),
  id_fp32: () => identity("FP32"),
  id_fp64: () => identity("FP64"),
  id_bytes: () => identity("BYTES"),
  two: () =>
    made(
      [pair("a"), pair("b")],
      [pair("sum"), pair("diff")],
      [node("Add", ["a", "b"], ["sum"]), node("Sub", ["a", "b"], ["diff"])],
    ),
  mlp: () => mlp(),
  labelled: () => mlp(["cat", "dog", "bird"]),
  vv: () => identity("FP32", ["N", "M", "K"]),
  str1: () => identity("BYTES", [1]),
  slow,
  replay_x: () => copies([pair("x")], { y: "x", p: "x", z: "x" }),
  replay_s: () => copies([spec("s", "BYTES", ["N"])], { y: "s" }),
  replay_b: () => copies([spec("b", "BOOL", ["N"])], { y: "b" }),
  replay_i64: () => copies([spec("i", "INT64", ["N"])], { y: "i" }),
  replay_u64: () => copies([spec("i", "UINT64", ["N"])], { y: "i" }),
  replay_h: () => copies([spec("h", "FP16", ["N"])], { y: "h" }),
  replay_d: () => copies([spec("d", "FP64", ["N"])], { y: "d" }),
  replay_ac: () => copies([spec("a", "INT8", ["N"]), spec("c", "UINT16", ["M"])], { y: "a", z: "c" }),
  replay_xy: () => copies([pair("x"), spec("y", "INT32", ["M"])], { p: "x", q: "y" }),
} satisfies Record<string, () => Fixture>;

export type FixtureName = keyof typeof fixtures;
