import type { ByteSource } from "../../onnx/protobuf.ts";
import type { Finding } from "../contract.ts";

const maxConfigBytes = 16 * 2 ** 20;
const chunkBytes = 2 ** 20;
const lambda = /"class_name"\s*:\s*"Lambda"|"class_name"\s*:\s*"__lambda__"/;

/** Scans the config.json of a Keras model: Lambda layers contain Python bytecode, which runs when the model is loaded. */
export function kerasFindings(file: string, source: ByteSource): Finding[] {
  const text = Buffer.from(source.read(0, Math.min(source.sizeBytes, maxConfigBytes))).toString("utf8");
  if (lambda.test(text)) return [lambdaIn(file)];
  if (source.sizeBytes <= maxConfigBytes) return [];
  return [{ file, rule: "not-looked-at", severity: "unread", words: "This configuration is too large to read." }];
}

/** Scans HDF5, the format of older Keras models: its structure is not parsed, but the text of a Lambda layer appears in it unchanged. */
export function hdf5Findings(file: string, source: ByteSource): Finding[] {
  let before = "";
  for (let start = 0; start < source.sizeBytes; start += chunkBytes) {
    const chunk = Buffer.from(source.read(start, start + chunkBytes)).toString("latin1");
    if (lambda.test(before + chunk)) return [lambdaIn(file)];
    before = chunk.slice(-100);
  }
  const words = "HDF5 files are checked only for Keras Lambda layers; none were found.";
  return [{ file, rule: "not-looked-at", severity: "warning", words }];
}

function lambdaIn(file: string): Finding {
  const words = "Contains a Lambda layer: Python bytecode that runs when Keras loads the model.";
  return { file, rule: "keras-lambda", severity: "dangerous", words };
}
