/** ONNX files for tests, written byte by byte: what tests need of the format fits on one page. */

/** TensorProto.DataType of onnx.proto. The last three cannot be served. */
export const elementTypes = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  complex64: 14,
  bfloat16: 16,
  float8e4m3fn: 17,
} as const;
export type ElementType = keyof typeof elementTypes;

/** A number is fixed, a string symbolic; "" has neither size nor name. */
export type Dimension = number | string;

interface ModelParts {
  nodes: Buffer[];
  inputs: Buffer[];
  outputs: Buffer[];
  initializers?: Buffer[];
  metadata?: Record<string, string>;
  irVersion?: number;
  opset?: number;
  /** Operator sets besides the standard one. */
  domains?: Record<string, number>;
}

/** A whole file; ir_version 8 and opset 13 unless told otherwise. */
export function onnxModel(parts: ModelParts): Buffer {
  const graph = Buffer.concat([
    ...parts.nodes.map((node) => bytes(1, node)),
    bytes(2, "g"),
    ...(parts.initializers ?? []).map((tensor) => bytes(5, tensor)),
    ...parts.inputs.map((value) => bytes(11, value)),
    ...parts.outputs.map((value) => bytes(12, value)),
  ]);
  const opsets = Object.entries({ "": parts.opset ?? 13, ...parts.domains });
  return Buffer.concat([
    integer(1, parts.irVersion ?? 8),
    bytes(2, "leeway-tests"),
    bytes(3, "1.0"),
    bytes(7, graph),
    ...opsets.map(([domain, version]) => bytes(8, Buffer.concat([bytes(1, domain), integer(2, version)]))),
    ...Object.entries(parts.metadata ?? {}).map(([key, value]) => bytes(14, pair(key, value))),
  ]);
}

/** Name, type and shape of a tensor that goes into or out of the graph. Without a shape, its rank is unknown. */
export function tensorValue(name: string, type: ElementType, shape?: Dimension[]): Buffer {
  const dimensions = shape?.map((size) => bytes(1, dimension(size)));
  const tensorType = [integer(1, elementTypes[type])];
  if (dimensions) tensorType.push(bytes(2, Buffer.concat(dimensions)));
  return Buffer.concat([bytes(1, name), bytes(2, bytes(1, Buffer.concat(tensorType)))]);
}

/** A sequence of float32 tensors, as scikit-learn's zipmap writes and Leeway cannot serve. */
export function sequenceValue(name: string): Buffer {
  const element = bytes(1, integer(1, elementTypes.float32));
  return Buffer.concat([bytes(1, name), bytes(2, bytes(4, bytes(1, element)))]);
}

export function node(operator: string, inputs: string[], outputs: string[], domain = "", attributes: Buffer[] = []) {
  return Buffer.concat([
    ...inputs.map((name) => bytes(1, name)),
    ...outputs.map((name) => bytes(2, name)),
    bytes(4, operator),
    ...attributes.map((attribute) => bytes(5, attribute)),
    ...(domain ? [bytes(7, domain)] : []),
  ]);
}

/** An attribute that holds a tensor, as the operator Constant has. */
export function tensorAttribute(name: string, tensor: Buffer): Buffer {
  return Buffer.concat([bytes(1, name), bytes(5, tensor), integer(20, 4)]);
}

/**
 * y = x doubled n times, x and y float32 [1] and n a single int64: a run takes as long as n is large, which may be forever.
 */
export function loopModel(): Buffer {
  const body = Buffer.concat([
    bytes(1, node("Identity", ["go_on"], ["goes_on"])),
    bytes(1, node("Add", ["value", "value"], ["doubled"])),
    bytes(2, "body"),
    ...[tensorValue("round", "int64", []), tensorValue("go_on", "bool", []), tensorValue("value", "float32", [1])].map(
      (value) => bytes(11, value),
    ),
    ...[tensorValue("goes_on", "bool", []), tensorValue("doubled", "float32", [1])].map((value) => bytes(12, value)),
  ]);
  const attribute = Buffer.concat([bytes(1, "body"), bytes(6, body), integer(20, 5)]);
  return onnxModel({
    nodes: [node("Loop", ["n", "", "x"], ["y"], "", [attribute])],
    inputs: [tensorValue("n", "int64", []), tensorValue("x", "float32", [1])],
    outputs: [tensorValue("y", "float32", [1])],
  });
}

/** An attribute that holds a list of floats, as tree ensembles have; old writers put each in a field of its own. */
export function floatsAttribute(name: string, values: number[], way: "packed" | "apart"): Buffer {
  const raw = Buffer.from(Float32Array.from(values).buffer);
  const apart = values.map((_, index) => Buffer.concat([varint(7 * 8 + 5), raw.subarray(index * 4, index * 4 + 4)]));
  return Buffer.concat([bytes(1, name), ...(way === "packed" ? [bytes(7, raw)] : apart), integer(20, 6)]);
}

/** Whole numbers inside the file, such as a shape. */
export function places(name: string, values: number[]): Buffer {
  const raw = Buffer.from(BigInt64Array.from(values.map(BigInt)).buffer);
  return Buffer.concat([integer(1, values.length), integer(2, elementTypes.int64), bytes(8, name), bytes(9, raw)]);
}

/** Weights inside the file. */
export function weights(name: string, shape: number[], data: Float32Array): Buffer {
  const raw = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return Buffer.concat([...tensorHead(name, shape), bytes(9, raw)]);
}

/** Weights that lie in a second file beside the model. */
export function externalWeights(name: string, shape: number[], location: string): Buffer {
  return Buffer.concat([...tensorHead(name, shape), bytes(13, pair("location", location)), integer(14, 1)]);
}

/** y = x, of any element type. */
export function identityModel(
  type: ElementType = "float32",
  shape: Dimension[] = ["N"],
  rest: Partial<ModelParts> = {},
) {
  return onnxModel({
    nodes: [node("Identity", ["x"], ["y"])],
    inputs: [tensorValue("x", type, shape)],
    outputs: [tensorValue("y", type, shape)],
    ...rest,
  });
}

/** Inputs a and b, outputs sum = a + b and difference = a - b, each float32 of shape [N, 2]. */
export function twoByTwoModel(): Buffer {
  return onnxModel({
    nodes: [node("Add", ["a", "b"], ["sum"]), node("Sub", ["a", "b"], ["difference"])],
    inputs: ["a", "b"].map((name) => tensorValue(name, "float32", ["N", 2])),
    outputs: ["sum", "difference"].map((name) => tensorValue(name, "float32", ["N", 2])),
  });
}

/**
 * x of shape [N, first size] through fully connected layers with Relu between them, to y of shape [N, last size].
 * [4, 16, 3] takes microseconds per run; [2048, 4096, 4096, 4096, 4096, 1000] about 25 ms. The weights are always the same.
 */
export function mlpModel(sizes: number[], rest: Partial<ModelParts> = {}): Buffer {
  const nodes: Buffer[] = [];
  const initializers: Buffer[] = [];
  const nextRandom = lehmer(1);
  let current = "x";
  for (const [layer, rows] of sizes.slice(0, -1).entries()) {
    const columns = sizes[layer + 1] as number;
    const data = Float32Array.from({ length: rows * columns }, () => nextRandom() / Math.sqrt(rows));
    initializers.push(weights(`W${layer}`, [rows, columns], data));
    const isLast = layer === sizes.length - 2;
    nodes.push(node("MatMul", [current, `W${layer}`], [isLast ? "y" : `m${layer}`]));
    if (!isLast) nodes.push(node("Relu", [`m${layer}`], [`r${layer}`]));
    current = `r${layer}`;
  }
  return onnxModel({
    nodes,
    initializers,
    inputs: [tensorValue("x", "float32", ["N", sizes[0] as number])],
    outputs: [tensorValue("y", "float32", ["N", sizes.at(-1) as number])],
    ...rest,
  });
}

/** y = x + w, where w of shape [2] lies in the file `location` beside the model. */
export function externalDataModel(location: string): Buffer {
  return onnxModel({
    nodes: [node("Add", ["x", "w"], ["y"])],
    initializers: [externalWeights("w", [2], location)],
    inputs: [tensorValue("x", "float32", ["N", 2])],
    outputs: [tensorValue("y", "float32", ["N", 2])],
  });
}

/** Park and Miller's generator: numbers from -1 to 1, the same for the same seed. */
function lehmer(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return (state / 2147483647) * 2 - 1;
  };
}

function dimension(size: Dimension): Buffer {
  if (size === "") return Buffer.alloc(0);
  return typeof size === "number" ? integer(1, size) : bytes(2, size);
}

function tensorHead(name: string, shape: number[]): Buffer[] {
  return [...shape.map((size) => integer(1, size)), integer(2, elementTypes.float32), bytes(8, name)];
}

function pair(key: string, value: string): Buffer {
  return Buffer.concat([bytes(1, key), bytes(2, value)]);
}

/** A field of protobuf's wire type 0. */
function integer(field: number, value: number): Buffer {
  return Buffer.concat([varint(field * 8), varint(value)]);
}

/** A field of protobuf's wire type 2. */
function bytes(field: number, value: Buffer | string): Buffer {
  const content = Buffer.from(value as Buffer);
  return Buffer.concat([varint(field * 8 + 2), varint(content.length), content]);
}

function varint(value: number): Buffer {
  const groups: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) groups.push((rest % 128) | 128);
  return Buffer.from([...groups, rest]);
}
