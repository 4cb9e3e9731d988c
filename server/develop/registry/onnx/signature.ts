import type { InferenceSession } from "onnxruntime-node";
import { parsedJson } from "#server/base/parsed-json.ts";
import type { datatypes, Signature, TensorSpec } from "#server/develop/registry/onnx/contract.ts";
import type { OnnxFile } from "./onnx-file.ts";

/** ONNX Runtime's names in JavaScript, in those of the Open Inference Protocol. */
const datatypeOf: Record<string, (typeof datatypes)[number]> = {
  bool: "BOOL",
  uint8: "UINT8",
  uint16: "UINT16",
  uint32: "UINT32",
  uint64: "UINT64",
  int8: "INT8",
  int16: "INT16",
  int32: "INT32",
  int64: "INT64",
  float16: "FP16",
  float32: "FP32",
  float64: "FP64",
  string: "BYTES",
};

/** Combines the file's own metadata with the values that ONNX Runtime determined. */
export function toSignature(
  file: OnnxFile,
  inputs: readonly InferenceSession.ValueMetadata[],
  outputs: readonly InferenceSession.ValueMetadata[],
): Signature {
  const { labels: labelText, ...metadata } = file.metadata;
  const labels = labelText === undefined ? undefined : parseLabels(labelText);
  return {
    inputs: inputs.map(toTensorSpec),
    outputs: outputs.map(toTensorSpec),
    opsets: file.opsets,
    irVersion: file.irVersion,
    producer: file.producer,
    ...(labels && labels.length > 0 ? { labels } : {}),
    metadata,
  };
}

/** Class names from the metadata key "labels": a JSON list, or names separated by line breaks or commas. */
export function parseLabels(text: string): string[] {
  const parsed = parsedJson(text);
  // The value is not a JSON list but names with separators.
  if (Array.isArray(parsed)) return parsed.map(String);
  return text
    .split(text.includes("\n") ? "\n" : ",")
    .map((label) => label.trim())
    .filter((label) => label !== "");
}

function toTensorSpec(value: InferenceSession.ValueMetadata): TensorSpec {
  const datatype = value.isTensor ? datatypeOf[value.type] : undefined;
  if (!value.isTensor || !datatype) throw new Error(`"${value.name}" was checked to be a servable tensor and is not.`);
  // Each unnamed dimension gets a name of its own, so that it does not seem equal to another.
  const shape = value.shape.map((size, axis) => (size === "" ? `${value.name}[${axis}]` : size));
  return { name: value.name, datatype, shape };
}
