import { plural } from "#components/ui/format.ts";
import { type Element, type InputSpec, type InputValue, problemOfElement, type Values } from "../tensors/elements.ts";
import { findJsonError } from "./inputs/json-error.ts";

export interface RequestProblem {
  message: string;
  /** Counted from 1; undefined when no line can be named. */
  line?: number | undefined;
  /** The input it is about. */
  input?: string | undefined;
}

/** Converts the values to a request of the Open Inference Protocol, in the order of the signature. */
export function toRequest(specs: readonly InputSpec[], values: Values): { inputs: RequestInput[] } {
  return {
    inputs: specs.flatMap(({ name, datatype, file }) => {
      const value = values[name];
      const parameters = file && { parameters: { content_type: "base64" } };
      return value ? [{ name, shape: value.shape, datatype, ...parameters, data: value.data }] : [];
    }),
  };
}

export interface RequestInput {
  name: string;
  shape: number[];
  datatype: string;
  /** Marks text that represents bytes. */
  parameters?: { content_type: string };
  data: Element[];
}

/** Formats JSON for reading, in short lines; the elements of an image or a grid are arranged in rows. */
export function formatRequest({ inputs }: { inputs: RequestInput[] }): string {
  const blocks = inputs.map(
    ({ name, shape, datatype, parameters, data }) =>
      `  { "name": ${JSON.stringify(name)},\n` +
      `    "shape": [${shape.join(", ")}], "datatype": "${datatype}",\n` +
      (parameters ? `    "parameters": ${JSON.stringify(parameters)},\n` : "") +
      `    "data": ${formatData(data, shape.at(-1) ?? 1)} }`,
  );
  return `{ "inputs": [\n${blocks.join(",\n")}\n] }`;
}

function formatData(data: readonly Element[], width: number): string {
  const write = (elements: readonly Element[]) => elements.map((element) => JSON.stringify(element)).join(", ");
  if (data.length <= 16 || width < 2) return `[${write(data)}]`;
  const rows: string[] = [];
  for (let start = 0; start < data.length; start += width)
    rows.push(`      ${write(data.slice(start, start + width))}`);
  return `[\n${rows.join(",\n")}\n    ]`;
}

/** Reads a request as the gateway would: every input of the signature once, with its type, shape and elements. */
export function parseRequest(specs: readonly InputSpec[], text: string): { values: Values } | RequestProblem {
  const mistake = findJsonError(text);
  if (mistake) {
    return { message: `Invalid JSON: expected ${mistake.expected}.`, line: lineAt(text, mistake.position) };
  }
  const parsed: unknown = JSON.parse(text);
  const inputs = (parsed as { inputs?: unknown } | null)?.inputs;
  if (!Array.isArray(inputs)) return { message: 'Expected a list "inputs".', line: 1 };
  const values: Values = {};
  for (const input of inputs as Partial<RequestInput>[]) {
    const name = String(input?.name ?? "");
    const problem = (message: string): RequestProblem => ({ message, input: name, line: lineOfInput(text, name) });
    const spec = specs.find((each) => each.name === name);
    if (!spec)
      return problem(
        `The model has no input "${name}". Available inputs: ${specs.map((each) => each.name).join(", ")}.`,
      );
    if (values[name]) return problem(`Duplicate input "${name}".`);
    const value = readInput(spec, input);
    if (typeof value === "string") return problem(`${name}: ${value}`);
    values[name] = value;
  }
  const absent = specs.find(({ name }) => !values[name]);
  return absent ? { message: `"${absent.name}" is missing.`, input: absent.name } : { values };
}

function readInput(spec: InputSpec, input: Partial<RequestInput>): InputValue | string {
  if (input.datatype !== spec.datatype) return `expected datatype ${spec.datatype}.`;
  const { shape } = input;
  if (!Array.isArray(shape) || !shape.every((size) => Number.isInteger(size) && size >= 0)) {
    return "the shape must be a list of integers.";
  }
  const fits =
    shape.length === spec.shape.length &&
    spec.shape.every((size, axis) => typeof size === "string" || size === shape[axis]);
  if (!fits) return `expected shape [${spec.shape.join(", ")}].`;
  if (!Array.isArray(input.data)) return "missing elements.";
  const data = (input.data as unknown[]).flat(Number.POSITIVE_INFINITY);
  const count = shape.reduce((product, size) => product * size, 1);
  if (data.length !== count) return `expected ${plural(count, "element")}, got ${data.length}.`;
  for (const [index, element] of data.entries()) {
    const problem = problemOfElement(spec.datatype, element);
    if (problem) return `element ${index + 1}: ${problem.charAt(0).toLowerCase()}${problem.slice(1)}`;
  }
  return { shape, data: data as Element[] };
}

function lineOfInput(text: string, name: string): number | undefined {
  const at = text.indexOf(JSON.stringify(name));
  return at < 0 ? undefined : lineAt(text, at);
}

function lineAt(text: string, position: number): number {
  return text.slice(0, position).split("\n").length;
}
