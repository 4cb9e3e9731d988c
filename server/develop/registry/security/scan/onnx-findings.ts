import { DomainError } from "#server/base/errors.ts";
import { PathTraversalError } from "../../onnx/external-data.ts";
import { readOnnxFile } from "../../onnx/onnx-file.ts";
import type { ByteSource } from "../../onnx/protobuf.ts";
import type { Finding } from "../contract.ts";

/** Domains of ONNX Runtime's built-in operators: https://onnxruntime.ai/docs/reference/operators/ */
const knownDomains = new Set([
  "",
  "ai.onnx",
  "ai.onnx.ml",
  "ai.onnx.training",
  "ai.onnx.preview.training",
  "com.microsoft",
  "com.microsoft.nchwc",
  "com.ms.internal.nhwc",
  "com.microsoft.experimental",
  "org.pytorch.aten",
]);

const maxNamed = 5;

/** Operators of other makers, weights outside the model's folder, or why the file cannot be read. */
export function onnxFindings(file: string, source: ByteSource): Finding[] {
  try {
    const { opsets, graph, functionDomains } = readOnnxFile(source);
    const isStrange = (domain: string) => !knownDomains.has(domain) && !functionDomains.includes(domain);
    const named = Map.groupBy(graph.operators, ({ domain }) => domain);
    const domains = new Set([...Object.keys(opsets), ...named.keys()].filter(isStrange));
    return [...domains].map((domain): Finding => {
      const names = (named.get(domain) ?? []).map(({ name }) => name).slice(0, maxNamed);
      const what = names.length > 0 ? `${names.join(", ")} of "${domain}"` : `operators of "${domain}"`;
      const words = `Requires ${what}, which is not part of ONNX Runtime and comes from elsewhere.`;
      return { file, rule: "onnx-operators", severity: "warning", words };
    });
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const leaves = error instanceof PathTraversalError;
    return [
      leaves
        ? { file, rule: "onnx-weights", severity: "dangerous", words: error.message }
        : { file, rule: "onnx-broken", severity: "unread", words: error.message },
    ];
  }
}
