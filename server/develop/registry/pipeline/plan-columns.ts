import type { TensorSpec } from "../onnx/contract.ts";
import type { ColumnsPart } from "./definition.ts";
import { listed, shown, type Target } from "./target.ts";

type Kind = "number" | "text";

/** Follows named columns from what clients send to the inputs of the model that take them. */
export function planColumns(
  { columns, steps, into }: ColumnsPart,
  model: Target,
): { inputs: TensorSpec[]; fills: string[]; problems: string[] } {
  const problems: string[] = [];
  let kinds = new Map<string, Kind>(
    columns.map(({ name, datatype }) => [name, datatype === "BYTES" ? "text" : "number"]),
  );
  for (const [index, step] of steps.entries()) {
    const say = (problem: string) => problems.push(`step ${index + 1}, ${step.step}: ${problem}`);
    const absent = namesIn(step).find((name) => !kinds.has(name));
    if (absent !== undefined) say(`there is no column "${absent}" here; there are ${[...kinds.keys()].join(", ")}.`);
    const text = step.step === "standardise" && Object.keys(step.columns).find((name) => kinds.get(name) === "text");
    if (text) say(`expected numbers in "${text}", got text.`);
    kinds = after(kinds, step, say);
  }
  const batch = (into === null ? model.inputs[0] : model.inputs.find(({ name }) => name === into))?.shape[0] ?? "N";
  const inputs = columns.map(({ name, datatype }) => ({ name, datatype, shape: [batch] }));
  const fills = into === null ? [...kinds.keys()] : [into];
  const known = fills.filter((name) => model.inputs.some((input) => input.name === name));
  for (const name of fills) {
    const spec = model.inputs.find((input) => input.name === name);
    const problem = spec
      ? misfit(spec, into === null ? [kinds.get(name) ?? "number"] : [...kinds.values()])
      : undefined;
    if (!spec) problems.push(`the model has no input "${name}"; it has ${listed(model.inputs)}.`);
    else if (problem) problems.push(`the model's input "${name}" ${problem}`);
  }
  return { inputs, fills: known, problems };
}

function namesIn(step: ColumnsPart["steps"][number]): string[] {
  if (step.step === "standardise") return Object.keys(step.columns);
  if (step.step === "rename") return Object.keys(step.names);
  return step.step === "select" ? step.columns : [step.column];
}

function after(
  kinds: Map<string, Kind>,
  step: ColumnsPart["steps"][number],
  say: (problem: string) => void,
): Map<string, Kind> {
  if (step.step === "standardise") return kinds;
  const next: [string, Kind][] = [...kinds].flatMap(([name, kind]): [string, Kind][] => {
    if (step.step === "rename") return [[step.names[name] ?? name, kind]];
    if (step.step === "one-hot" && name === step.column) {
      return oneHotNames(step).map((column) => [column, "number"]);
    }
    return [[name, kind]];
  });
  const chosen = step.step === "select" ? step.columns.flatMap((name) => next.filter(([each]) => each === name)) : next;
  const names = chosen.map(([name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) say(`duplicate column name "${twice}".`);
  return new Map(chosen);
}

/** Returns the columns that a one-hot step creates, in order. */
export function oneHotNames(step: { column: string; levels: string[]; unknown: string }): string[] {
  return [...step.levels, ...(step.unknown === "other" ? ["other"] : [])].map((level) => `${step.column}=${level}`);
}

/** Returns the mismatch, if any: one column per row is [rows, 1] or [rows]; several are [rows, columns]. */
function misfit(spec: TensorSpec, kinds: Kind[]): string | undefined {
  const [, width] = spec.shape;
  const isOne = kinds.length === 1 && spec.shape.length === 1;
  if (!isOne && (spec.shape.length !== 2 || (typeof width === "number" && width !== kinds.length))) {
    return `expects shape ${shown(spec.shape)}, got ${shown(["N", kinds.length])}.`;
  }
  const wanted: Kind = spec.datatype === "BYTES" ? "text" : "number";
  const other = kinds.find((kind) => kind !== wanted);
  if (other) return `expects ${spec.datatype}, got a column of ${other === "text" ? "text" : "numbers"}.`;
  return spec.datatype === "BOOL" ? "expects BOOL, which a pipeline cannot produce." : undefined;
}
