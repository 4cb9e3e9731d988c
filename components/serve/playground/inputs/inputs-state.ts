import { type InputSpec, type InputValue, readElement, type Values } from "#components/serve/tensors/elements.ts";
import { type Field, firstValues } from "#components/serve/tensors/fields.ts";
import { formatRequest, parseRequest, type RequestProblem, toRequest } from "../request.ts";
import { formatList, readList } from "./list-text.ts";

/** Value with two views. An input with invalid text has a problem and no value. */
export interface InputsState {
  values: Values;
  /** Text as it was typed, so that "1." does not become "1" under the fingers. */
  drafts: Record<string, string>;
  problems: Record<string, string>;
  /** JSON as it was typed; absent while the JSON is written from the values. */
  json?: { text: string; problem?: RequestProblem | undefined };
}

export type InputsAction =
  | { kind: "text"; field: Field; text: string }
  | { kind: "value"; name: string; value: InputValue }
  | { kind: "json"; specs: readonly InputSpec[]; text: string }
  | { kind: "reset"; values: Values };

/** Returns the initial form: the given values, otherwise the model's examples. */
export function firstState(fields: readonly Field[], given: Values = {}): InputsState {
  return { values: { ...firstValues(fields), ...given }, drafts: {}, problems: {} };
}

export function changeInputs(state: InputsState, action: InputsAction): InputsState {
  if (action.kind === "reset") return { values: action.values, drafts: {}, problems: {} };
  if (action.kind === "json") return changeJson(state, action.specs, action.text);
  const name = action.kind === "text" ? action.field.name : action.name;
  const { [name]: _value, ...values } = state.values;
  const { [name]: _draft, ...drafts } = state.drafts;
  const { [name]: _problem, ...problems } = state.problems;
  if (action.kind === "value") return { values: { ...values, [name]: action.value }, drafts, problems };
  const read = readField(action.field, action.text);
  const next = { values, drafts: { ...drafts, [name]: action.text }, problems };
  return "problem" in read
    ? { ...next, problems: { ...problems, [name]: read.problem } }
    : { ...next, values: { ...values, [name]: read.value } };
}

function changeJson(state: InputsState, specs: readonly InputSpec[], text: string): InputsState {
  const read = parseRequest(specs, text);
  if ("message" in read) return { ...state, json: { text, problem: read } };
  return { values: read.values, drafts: {}, problems: {}, json: { text } };
}

function readField(field: Field, text: string): { value: InputValue } | { problem: string } {
  if (field.kind === "list") return readList(field.datatype, field.shape, text);
  const read = readElement(field.datatype, text);
  return "problem" in read ? read : { value: { shape: field.shape, data: [read.element] } };
}

/** Returns the content of an input's text field. */
export function textOf(field: Field, { drafts, values }: InputsState): string {
  return drafts[field.name] ?? formatList(field.datatype, values[field.name]?.data ?? []);
}

/** Returns the content of the JSON view. */
export function jsonOf(specs: readonly InputSpec[], { json, values }: InputsState): string {
  return json?.text ?? formatRequest(toRequest(specs, values));
}

/** Describes why the request cannot be sent, as a count or a sentence; undefined if it can. */
export function unreadyReason(fields: readonly Field[], state: InputsState): string | undefined {
  const { problem } = state.json ?? {};
  if (problem) return problem.line ? `Line ${problem.line}: ${problem.message}` : problem.message;
  const wrong = fields.filter(({ name }) => state.problems[name]);
  const missing = fields.filter(({ name }) => !state.values[name] && !state.problems[name]);
  if (wrong.length > 0) return `Fix the errors in: ${wrong.map(({ name }) => name).join(", ")}.`;
  return missing.length > 0 ? `Required: ${missing.map(({ name }) => name).join(", ")}.` : undefined;
}
