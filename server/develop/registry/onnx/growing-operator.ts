import { type ByteSource, type Field, fieldsOf, textOf } from "./protobuf.ts";

/**
 * Positions of the inputs whose numbers decide how large an output is: https://onnx.ai/onnx/operators and
 * https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
 */
const sizeInputs: Readonly<Record<string, readonly number[]>> = {
  AffineGrid: [1],
  BlackmanWindow: [0],
  CenterCropPad: [1],
  Col2Im: [1, 2],
  ConstantOfShape: [0],
  ConvTransposeWithDynamicPads: [2],
  CropAndResize: [3],
  DFT: [1],
  Expand: [1],
  HammingWindow: [0],
  HannWindow: [0],
  MaxUnpool: [2],
  MelWeightMatrix: [0, 1],
  OneHot: [1],
  Pad: [1],
  Range: [0, 1, 2],
  Resize: [1, 2, 3],
  Tile: [1, 2],
  Upsample: [1],
};
/** Operators that repeat until a value says otherwise, so that neither their time nor what they gather has a bound. */
const repeating: ReadonlySet<string> = new Set(["Loop", "BeamSearch", "GreedySearch", "Sampling", "WhisperBeamSearch"]);
/** Operators whose output depends on the shape of their input only. */
const shapeReaders: ReadonlySet<string> = new Set(["Shape", "Size"]);

/** Nodes may be in any order. Exporters write them in order, which takes two passes. */
const maxPasses = 4;
const maxDepth = 100;
/** Nodes read in all passes. Large models have tens of thousands. */
const maxNodes = 1_000_000;

// Field numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
const model = { graph: 7, functions: 25 };
const graph = { node: 1, initializer: 5, input: 11 };
const fn = { input: 4, node: 7 };

interface Node {
  operator: string;
  inputs: string[];
  outputs: string[];
  /** Graphs in its attributes, such as the branches of an If. */
  graphs: Field[];
}

/**
 * Finds an operator through which numbers in a request, beyond the shapes of its tensors, decide how much memory or time a run takes: a
 * request of a few bytes can then ask for any amount of either.
 * @returns the operator's name; undefined if there is none
 * @throws ProtobufError
 */
export function growingOperator(source: ByteSource): string | undefined {
  const budget = { nodes: maxNodes };
  for (const field of fieldsOf(source, 0, source.sizeBytes)) {
    if (field.number !== model.graph && field.number !== model.functions) continue;
    const isGraph = field.number === model.graph;
    const found = growingIn(source, field, { isGraph, outer: new Set(), depth: 0, budget });
    if (found !== undefined) return found;
  }
  return undefined;
}

interface Place {
  /** A graph, or a function. */
  isGraph: boolean;
  /** Names from around the graph whose values depend on numbers of the request. */
  outer: ReadonlySet<string>;
  depth: number;
  /** Nodes that may still be read. */
  budget: { nodes: number };
}

function growingIn(source: ByteSource, field: Field, { isGraph, outer, depth, budget }: Place): string | undefined {
  if (depth > maxDepth) return "graphs nested too deep";
  const byValue = new Set([...outer, ...inputsOf(source, field, isGraph)]);
  const nodeField = isGraph ? graph.node : fn.node;
  for (let pass = 0; pass < maxPasses; pass += 1) {
    const known = byValue.size;
    for (const part of fieldsOf(source, field.start, field.end)) {
      if (part.number !== nodeField || part.wireType !== 2) continue;
      budget.nodes -= 1;
      if (budget.nodes < 0) return "too many nodes";
      const node = nodeOf(source, part);
      if (repeating.has(node.operator) || isSizedBy(node, byValue)) return node.operator;
      for (const inner of node.graphs) {
        const found = growingIn(source, inner, { isGraph: true, outer: byValue, depth: depth + 1, budget });
        if (found !== undefined) return found;
      }
      if (dependsOnValues(node, byValue)) for (const output of node.outputs) byValue.add(output);
    }
    if (byValue.size === known) return undefined;
  }
  return "nodes in no order";
}

function isSizedBy({ operator, inputs }: Node, byValue: ReadonlySet<string>): boolean {
  const positions = Object.hasOwn(sizeInputs, operator) ? sizeInputs[operator] : undefined;
  return positions?.some((position) => byValue.has(inputs[position] ?? "")) ?? false;
}

function dependsOnValues({ operator, inputs, graphs }: Node, byValue: ReadonlySet<string>): boolean {
  if (shapeReaders.has(operator)) return false;
  return graphs.length > 0 || inputs.some((name) => byValue.has(name));
}

/** Inputs of a graph, without those that have a value in the file; all inputs of a function. */
function inputsOf(source: ByteSource, field: Field, isGraph: boolean): Set<string> {
  const inputs = new Set<string>();
  const values = new Set<string>();
  for (const part of fieldsOf(source, field.start, field.end)) {
    if (!isGraph && part.number === fn.input) inputs.add(textOf(source, part));
    else if (isGraph && part.number === graph.input) inputs.add(nameIn(source, part, 1));
    else if (isGraph && part.number === graph.initializer) values.add(nameIn(source, part, 8));
  }
  return new Set([...inputs].filter((input) => !values.has(input)));
}

function nameIn(source: ByteSource, field: Field, number: number): string {
  for (const part of fieldsOf(source, field.start, field.end)) if (part.number === number) return textOf(source, part);
  return "";
}

function nodeOf(source: ByteSource, field: Field): Node {
  const node: Node = { operator: "", inputs: [], outputs: [], graphs: [] };
  for (const part of fieldsOf(source, field.start, field.end)) {
    if (part.number === 1) node.inputs.push(textOf(source, part));
    else if (part.number === 2) node.outputs.push(textOf(source, part));
    else if (part.number === 4) node.operator = textOf(source, part);
    else if (part.number === 5) node.graphs.push(...graphsOf(source, part));
  }
  return node;
}

function graphsOf(source: ByteSource, attribute: Field): Field[] {
  const parts = [...fieldsOf(source, attribute.start, attribute.end)];
  return parts.filter(({ number, wireType }) => wireType === 2 && (number === 6 || number === 11));
}
