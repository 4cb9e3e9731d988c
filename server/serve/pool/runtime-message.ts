import { DomainError } from "#server/base/errors.ts";
import { InferenceFailure } from "./failure.ts";

/** Messages of ONNX Runtime that mean the request does not fit the model. A second line behind the checks of the signature. */
const causedByRequest = [
  /is missing in 'feeds'/,
  /'fetches' contains invalid output name/,
  /Invalid rank for input/,
  /Got invalid dimensions for input/,
  /Unexpected input data type/,
  /does not match data length/,
];

/** Turns ONNX Runtime's message about a failed run into the error that the caller may see. */
export function runError(message: string): DomainError | InferenceFailure {
  const text = withoutPaths(message);
  if (causedByRequest.some((pattern) => pattern.test(message))) return new DomainError("invalid", text);
  return new InferenceFailure("model", `The model failed: ${text}`);
}

/** Formats a message on one line, without folders of this machine or of ONNX Runtime's build. */
export function withoutPaths(message: string): string {
  return message
    .replace(/\/onnxruntime_src\/[^\s]{1,300} [^\n]{1,1000}? was false\. /, "")
    .replace(/\/[^\s:]+/g, (path) => (path.split("/").filter(Boolean).length >= 2 ? "the file" : path))
    .replace(/\s+/g, " ")
    .trim();
}
