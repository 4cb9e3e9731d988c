import { type ByteSource, type Field, fieldsOf, textOf } from "./protobuf.ts";
import { walkGraph } from "./walk-graph.ts";

/**
 * Operators that scale all numbers of a tensor by the largest and smallest of them, so that a row changes what becomes of the others:
 * https://onnx.ai/onnx/operators and https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
 */
const scaling: ReadonlySet<string> = new Set(["DynamicQuantizeLinear", "DynamicQuantizeLSTM", "DynamicQuantizeMatMul"]);
const reductions: ReadonlySet<string> = new Set([
  "ReduceL1",
  "ReduceL2",
  "ReduceLogSum",
  "ReduceLogSumExp",
  "ReduceMax",
  "ReduceMean",
  "ReduceMin",
  "ReduceProd",
  "ReduceSum",
  "ReduceSumSquare",
]);
/** Operators whose output depends on the shape of their input only. */
const shapeReaders: ReadonlySet<string> = new Set(["Shape", "Size"]);

/** Nodes read of a model; of a larger one, only these are known. */
const maxNodes = 200_000;

// Field numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
const model = { graph: 7, functions: 25 };
const graph = { initializer: 5, input: 11 };

interface Node {
  operator: string;
  inputs: string[];
  outputs: string[];
  /** Values of its attributes that are integers, by name; 0 for all others. */
  attributes: Map<string, number>;
}

/**
 * Finds an operator through which the rows of a batch influence each other, whatever their values: one that scales a whole tensor, or that
 * reduces all of it to one number. Other operators may mix rows too; what they do shows when the model runs.
 * @returns the operator's name; undefined if there is none
 * @throws ProtobufError, DomainError "invalid" for graphs nested too deep
 */
export function rowMixingOperator(source: ByteSource): string | undefined {
  const nodes: Node[] = [];
  const values = new Set<string>();
  for (const field of fieldsOf(source, 0, source.sizeBytes)) {
    if (field.number !== model.graph && field.number !== model.functions) continue;
    const isGraph = field.number === model.graph;
    if (isGraph) for (const name of inputsOf(source, field)) values.add(name);
    walkGraph(source, field, isGraph ? "graph" : "function", {
      node: (node) => {
        if (nodes.length < maxNodes) nodes.push(nodeOf(source, node));
      },
    });
  }
  const scaler = nodes.find(({ operator }) => scaling.has(operator));
  if (scaler) return scaler.operator;
  addDependent(nodes, values);
  return nodes.find((node) => reducesAll(node) && values.has(node.inputs[0] ?? ""))?.operator;
}

/** Whether a reduction names no axes: then it takes all of them, unless an attribute makes it take none. */
function reducesAll({ operator, inputs, attributes }: Node): boolean {
  if (!reductions.has(operator) || attributes.has("axes") || inputs[1]) return false;
  return attributes.get("noop_with_empty_axes") !== 1;
}

/** Adds all names whose values depend on numbers of a request, in whatever order the nodes are. */
function addDependent(nodes: readonly Node[], values: Set<string>): void {
  const readers = new Map<string, Node[]>();
  for (const node of nodes) {
    for (const name of node.inputs) {
      const known = readers.get(name);
      if (known) known.push(node);
      else readers.set(name, [node]);
    }
  }
  const pending = [...values];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    for (const { operator, outputs } of readers.get(name) ?? []) {
      if (shapeReaders.has(operator)) continue;
      for (const output of outputs) {
        if (values.has(output)) continue;
        values.add(output);
        pending.push(output);
      }
    }
  }
}

/** Inputs of a graph, without those that have a value in the file. */
function inputsOf(source: ByteSource, field: Field): string[] {
  const inputs: string[] = [];
  const stored = new Set<string>();
  for (const part of fieldsOf(source, field.start, field.end)) {
    if (part.number === graph.input) inputs.push(nameIn(source, part, 1));
    else if (part.number === graph.initializer) stored.add(nameIn(source, part, 8));
  }
  return inputs.filter((name) => !stored.has(name));
}

function nodeOf(source: ByteSource, field: Field): Node {
  const node: Node = { operator: "", inputs: [], outputs: [], attributes: new Map() };
  for (const part of fieldsOf(source, field.start, field.end)) {
    if (part.number === 1) node.inputs.push(textOf(source, part));
    else if (part.number === 2) node.outputs.push(textOf(source, part));
    else if (part.number === 4) node.operator = textOf(source, part);
    else if (part.number === 5) {
      let value = 0;
      for (const inner of fieldsOf(source, part.start, part.end)) if (inner.number === 3) value = inner.value;
      node.attributes.set(nameIn(source, part, 1), value);
    }
  }
  return node;
}

function nameIn(source: ByteSource, field: Field, number: number): string {
  for (const part of fieldsOf(source, field.start, field.end)) if (part.number === number) return textOf(source, part);
  return "";
}
