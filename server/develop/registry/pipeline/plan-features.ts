import type { FeatureType } from "#server/develop/features/contract.ts";
import type { Datatype, TensorSpec } from "../onnx/contract.ts";
import type { FeaturesPart } from "./features-part.ts";
import { fitsDatatype } from "./fits-datatype.ts";
import { shown } from "./target.ts";

/** What a request brings for a look-up, and which columns and inputs of the model the look-up fills. */
interface LookUpInputs {
  /** Keys, and values that expressions read, unless they are columns as well. */
  inputs: TensorSpec[];
  /** Names of the columns and inputs of the model that are looked up. */
  filled: string[];
  problems: string[];
}

/** Datatypes that a request can bring a value in, the usual one first. */
const sent: Partial<Record<FeatureType, readonly Datatype[]>> = {
  bool: ["BOOL"],
  int32: ["INT32", "INT64"],
  int64: ["INT64", "INT32"],
  float32: ["FP32", "FP64"],
  float64: ["FP64", "FP32"],
  string: ["BYTES"],
  bytes: ["BYTES"],
  timestamp: ["INT64"],
  json: ["BYTES"],
  map: ["BYTES"],
};
/** Datatypes of columns and inputs that can take a feature. A model cannot take what is left out; an expression makes a number of it. */
const taken: Partial<Record<FeatureType, readonly Datatype[]>> = {
  bool: ["BOOL"],
  int32: ["INT32", "INT64", "FP32", "FP64"],
  int64: ["INT64", "FP32", "FP64"],
  float32: ["FP32", "FP64"],
  float64: ["FP32", "FP64"],
  string: ["BYTES"],
  json: ["BYTES"],
};
/** Whether a column or an input of the model can take a feature. */
export function canTake(datatype: Datatype, type: FeatureType): boolean {
  return taken[type]?.includes(datatype) ?? false;
}

/** Datatypes with an element for "no value": NaN, or an empty text. */
const withNothing: readonly Datatype[] = ["FP32", "FP64", "BYTES"];

/**
 * Compares looked-up features with the columns and the inputs of the model that take them.
 * @param columns of the other parts @param left inputs of the model that no part fills
 */
export function planFeatures(
  { pinned, policy, defaults }: FeaturesPart,
  columns: readonly TensorSpec[],
  left: readonly TensorSpec[],
): LookUpInputs {
  if (!pinned)
    return { inputs: [], filled: [], problems: ["the features are not pinned yet. Set the pipeline again."] };
  const problems: string[] = [];
  const inputs: TensorSpec[] = [];
  const typeOf = new Map(columns.map(({ name, datatype }) => [name, datatype]));
  const features = pinned.views.flatMap(({ view, features }) => features.map((feature) => ({ view, ...feature })));
  const filled = features.map(({ column }) => column);
  const own = new Map(left.map((input) => [input.name, input]));
  const batch = columns[0]?.shape[0] ?? left.find(({ name }) => filled.includes(name))?.shape[0] ?? "N";
  const ask = (name: string, type: FeatureType, what: string) => {
    const [usual, ...others] = sent[type] ?? [];
    const column = typeOf.get(name);
    if (!usual) problems.push(`${what} "${name}" is ${type}, which a request cannot bring.`);
    else if (filled.includes(name)) problems.push(`${what} "${name}" has the name of a feature that is looked up.`);
    else if (column !== undefined && column !== usual && !others.includes(column)) {
      problems.push(`${what} "${name}" is ${type}, but the column of that name is ${column}.`);
    } else if (column === undefined && !inputs.some((input) => input.name === name)) {
      inputs.push({ name, datatype: usual, shape: [batch] });
    }
  };
  for (const { input, type } of pinned.keys) ask(input, type, "the key");
  for (const { name, type } of pinned.requestInputs) ask(name, type, "the request input");
  const mayPass = policy.missing === "flag" || policy.unknown === "flag";
  for (const { column, feature, type, view } of features) {
    const input = typeOf.has(column) ? undefined : own.get(column);
    const datatype = typeOf.get(column) ?? input?.datatype;
    const what = `the feature "${feature}" of "${view}"`;
    if (!datatype) {
      problems.push(`neither a column nor an input of the model takes ${what}.`);
      continue;
    }
    const taker = input ? "the model's input" : "the column";
    if (!canTake(datatype, type)) {
      problems.push(`${what} is ${type}, but ${taker} "${column}" is ${datatype}.`);
    }
    if (input && !isOnePerRow(input)) {
      problems.push(`${what} is one value per row, but ${taker} "${column}" has shape ${shown(input.shape)}.`);
    }
    if (mayPass && !withNothing.includes(datatype)) {
      problems.push(`the policy "flag" lets missing values pass, which ${datatype} of "${column}" cannot hold.`);
    }
    const value = defaults[column];
    if (value !== undefined && !fitsDatatype(value, datatype))
      problems.push(`the default of "${column}" is not ${datatype}.`);
  }
  const other = Object.keys(defaults).find((name) => !filled.includes(name));
  if (other !== undefined) problems.push(`there is a default for "${other}", which is not looked up.`);
  return { inputs, filled, problems };
}

/** Whether an input is [rows] or [rows, 1]. */
export function isOnePerRow({ shape }: TensorSpec): boolean {
  return shape.length === 1 || (shape.length === 2 && shape[1] === 1);
}
