import { DomainError } from "#server/base/errors.ts";
import type { OnnxGraph } from "#server/develop/registry/onnx/contract.ts";
import { graphCounter } from "./count-graph.ts";
import { addExternalFile } from "./external-data.ts";
import { refuseForeignFormat } from "./foreign-formats.ts";
import { type ByteSource, type Field, fieldsOf, ProtobufError, textOf } from "./protobuf.ts";
import { type GraphValue, readValue } from "./value-type.ts";
import { walkGraph } from "./walk-graph.ts";

/** Contents of an ONNX file, read without its weights. */
export interface OnnxFile {
  irVersion: number;
  /** Name and version of the program that wrote the file. */
  producer: string;
  /** Version by domain; "" is the standard one. */
  opsets: Record<string, number>;
  metadata: Record<string, string>;
  /** Inputs that a caller must provide: those without a value in the file. */
  inputs: GraphValue[];
  outputs: GraphValue[];
  /** Files with weights, as paths from the model's folder. */
  externalFiles: string[];
  graph: OnnxGraph;
  /** Domains of the functions that the file defines: operators composed of others. */
  functionDomains: string[];
}

// Field numbers of ModelProto and GraphProto: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
const model = { irVersion: 1, producerName: 2, producerVersion: 3, graph: 7, opset: 8, metadata: 14, functions: 25 };
const graph = { initializer: 5, input: 11, output: 12, sparseInitializer: 15 };
const maxProtobufBytes = 2 ** 31 - 1;

/**
 * Reads the outline of an ONNX file.
 * @throws DomainError "invalid" when it is not one, is cut off or damaged, or is larger than the format allows.
 */
export function readOnnxFile(source: ByteSource): OnnxFile {
  refuseForeignFormat(source);
  if (source.sizeBytes > maxProtobufBytes) {
    throw new DomainError(
      "invalid",
      "An ONNX file cannot be larger than 2 GiB. Save it with its weights in a second file (onnx.save_model with save_as_external_data=True) and log both as a run's artifact.",
    );
  }
  const file: OnnxFile = {
    irVersion: 0,
    producer: "",
    opsets: {},
    metadata: {},
    inputs: [],
    outputs: [],
    externalFiles: [],
    graph: { operators: [], parameterCount: 0 },
    functionDomains: [],
  };
  const external = new Set<string>();
  const { visitor, countGraph } = graphCounter(source);
  const walk = (field: Field, message: "graph" | "function") =>
    walkGraph(source, field, message, {
      ...visitor,
      tensor: (tensor) => {
        visitor.tensor(tensor);
        addExternalFile(source, tensor, external);
      },
    });
  let isGraphSeen = false;
  try {
    for (const field of fieldsOf(source, 0, source.sizeBytes)) {
      if (field.number === model.irVersion) file.irVersion = field.value;
      else if (file.irVersion === 0) throw notOnnx();
      else if (field.number === model.producerName) file.producer = textOf(source, field);
      else if (field.number === model.producerVersion)
        file.producer = `${file.producer} ${textOf(source, field)}`.trim();
      else if (field.number === model.opset) addOpset(source, field, file.opsets);
      else if (field.number === model.metadata) addPair(source, field, file.metadata);
      else if (field.number === model.functions) {
        file.functionDomains.push(domainOfFunction(source, field));
        walk(field, "function");
      } else if (field.number === model.graph) {
        isGraphSeen = true;
        readGraph(source, field, file);
        walk(field, "graph");
      }
    }
  } catch (error) {
    if (!(error instanceof ProtobufError)) throw error;
    if (file.irVersion === 0) throw notOnnx(error);
    throw error.isCutOff ? cutOff(error) : damaged(error);
  }
  if (!isGraphSeen || Object.keys(file.opsets).length === 0) throw cutOff();
  return { ...file, externalFiles: [...external].sort(), graph: countGraph() };
}

function readGraph(source: ByteSource, field: Field, file: OnnxFile): void {
  const constants = new Set<string>();
  for (const part of fieldsOf(source, field.start, field.end)) {
    if (part.number === graph.input) file.inputs.push(readValue(source, part));
    else if (part.number === graph.output) file.outputs.push(readValue(source, part));
    else if (part.number === graph.initializer) constants.add(nameOfTensor(source, part));
  }
  file.inputs = file.inputs.filter((input) => !constants.has(input.name));
}

function nameOfTensor(source: ByteSource, field: Field): string {
  for (const part of fieldsOf(source, field.start, field.end)) if (part.number === 8) return textOf(source, part);
  return "";
}

function domainOfFunction(source: ByteSource, field: Field): string {
  for (const part of fieldsOf(source, field.start, field.end)) if (part.number === 10) return textOf(source, part);
  return "";
}

function addOpset(source: ByteSource, field: Field, opsets: Record<string, number>): void {
  let domain = "";
  let version = 0;
  for (const part of fieldsOf(source, field.start, field.end)) {
    if (part.number === 1) domain = textOf(source, part);
    if (part.number === 2) version = part.value;
  }
  opsets[domain === "ai.onnx" ? "" : domain] = version;
}

function addPair(source: ByteSource, field: Field, pairs: Record<string, string>): void {
  let key = "";
  let value = "";
  for (const part of fieldsOf(source, field.start, field.end)) {
    if (part.number === 1) key = textOf(source, part);
    if (part.number === 2) value = textOf(source, part);
  }
  pairs[key] = value;
}

function notOnnx(cause?: ProtobufError): DomainError {
  return new DomainError("invalid", "Not an ONNX file. Export the model to ONNX and try again.", { cause });
}

function cutOff(cause?: ProtobufError): DomainError {
  return new DomainError("invalid", "The ONNX file is truncated. Upload it again.", { cause });
}

function damaged(cause: ProtobufError): DomainError {
  return new DomainError("invalid", "The ONNX file is corrupt. Export the model again.", { cause });
}
