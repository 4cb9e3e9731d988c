import { DomainError } from "#server/base/errors.ts";
import { mebibytes } from "#server/base/format-number.ts";
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

/** Messages of ONNX Runtime, of C++ and of V8 that an allocation failed. */
const outOfMemory = [/Failed to allocate memory/, /std::bad_alloc/, /Array buffer allocation failed/];

/**
 * Turns ONNX Runtime's message about a failed run into the error that the caller may see.
 * @param maxBytes memory that the worker may have; undefined without a limit of its own
 */
export function runError(message: string, maxBytes?: number): DomainError | InferenceFailure {
  if (isOutOfMemory(message)) return memoryFailure(maxBytes);
  const text = withoutPaths(message);
  if (causedByRequest.some((pattern) => pattern.test(message))) return new DomainError("invalid", text);
  return new InferenceFailure("model", `The model failed: ${text}`);
}

export function memoryFailure(maxBytes: number | undefined): InferenceFailure {
  const limit = maxBytes === undefined ? "is free" : `its limit of ${mebibytes(maxBytes)}`;
  return new InferenceFailure("memory", `The model needs more memory than ${limit}.`);
}

/** Turns ONNX Runtime's message about a model that it could not load into an error for users. */
export function loadError(message: string, maxBytes: number | undefined): Error {
  return isOutOfMemory(message) ? memoryFailure(maxBytes) : new Error(message);
}

/** Whether a message says that an allocation failed. */
export function isOutOfMemory(message: string): boolean {
  return outOfMemory.some((pattern) => pattern.test(message));
}

/** Formats a message on one line, without folders of this machine or of ONNX Runtime's build. */
export function withoutPaths(message: string): string {
  return message
    .replace(/\/onnxruntime_src\/[^\s]{1,300} [^\n]{1,1000}? was false\. /, "")
    .replace(/\/[^\s:]+/g, (path) => (path.split("/").filter(Boolean).length >= 2 ? "the file" : path))
    .replace(/\s+/g, " ")
    .trim();
}
