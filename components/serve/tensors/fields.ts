import { type InputHint, readHints } from "#components/develop/registry/versions/input-hints.ts";
import { nbsp } from "#components/ui/format.ts";
import type { Signature, TensorSpec } from "#server/develop/registry/onnx/contract.ts";
import {
  type Datatype,
  type Element,
  type InputSpec,
  type InputValue,
  integerLimits,
  isNumeric,
  type Values,
} from "./elements.ts";

/** Size and meaning of an image input. */
export interface ImageSpec {
  width: number;
  height: number;
  /** 1 is grey, 3 is red, green, blue. */
  channels: 1 | 3;
  layout: "NCHW" | "NHWC";
  /** Values of black and of white. */
  least: number;
  most: number;
  /** Whether the values are integers. */
  isInteger: boolean;
}

interface Common {
  name: string;
  datatype: Datatype;
  hint: InputHint;
  /** Type in few words: "float", "int64 [tokens]". */
  note: string;
}

/** Form field of an input. A `list` holds several elements; its length is variable if the signature leaves it open. */
export type Field = Common &
  (
    | { kind: "image"; image: ImageSpec; shape: number[] }
    | { kind: "file"; isGrey: boolean; shape: number[] }
    | { kind: "choice"; levels: string[]; shape: number[] }
    | { kind: "number" | "text" | "flag"; shape: number[] }
    | { kind: "list"; shape: (number | null)[] }
  );

const maxPixels = 1024 * 1024;

/** Returns a field for each input of the signature, in its order. The form has one row: the batch dimension is 1. */
export function fieldsOf(signature: { inputs: InputSpec[]; metadata: Signature["metadata"] }): Field[] {
  const hints = readHints(signature);
  return signature.inputs.map((spec) => fieldOf(spec, hints[spec.name] ?? {}));
}

function fieldOf(spec: InputSpec, hint: InputHint): Field {
  const { name, datatype, file } = spec;
  if (file) return { kind: "file", name, datatype, hint, note: "image file", shape: [1], ...file };
  const dimensions = rowShape(spec, hint);
  const common = { name, datatype, hint, note: noteOf(spec, hint) };
  const open = dimensions.filter((size) => size === null).length;
  const shape = dimensions.map((size) => size ?? 1);
  const image = open === 0 ? imageOf(datatype, shape, hint) : undefined;
  if (image) return { ...common, kind: "image", image, shape, note: imageNote(datatype, image) };
  if (open === 0 && shape.every((size) => size === 1)) {
    if (hint.levels && datatype === "BYTES") return { ...common, kind: "choice", levels: hint.levels, shape };
    const kind = datatype === "BOOL" ? "flag" : datatype === "BYTES" ? "text" : "number";
    return { ...common, kind, shape };
  }
  // With several open dimensions the length alone does not say the shape: all but the last are 1.
  const last = dimensions.lastIndexOf(null);
  return { ...common, kind: "list", shape: dimensions.map((size, axis) => (axis === last ? null : (size ?? 1))) };
}

/** Dimensions for one row: the first symbolic one counts rows; others come from the hint or stay open. */
function rowShape(spec: TensorSpec, hint: InputHint): (number | null)[] {
  const isBatched = typeof spec.shape[0] === "string";
  return spec.shape.map((size, axis) => {
    if (typeof size === "number") return size;
    if (axis === 0) return 1;
    const matchesHint = hint.shape?.length === spec.shape.length - (isBatched ? 1 : 0);
    return (matchesHint ? hint.shape?.[axis - (isBatched ? 1 : 0)] : undefined) ?? null;
  });
}

/** Interprets four dimensions as one image, in either axis order. */
function imageOf(datatype: Datatype, shape: number[], hint: InputHint): ImageSpec | undefined {
  const [rows, a = 0, b = 0, c = 0] = shape;
  if (shape.length !== 4 || rows !== 1 || !isNumeric(datatype)) return undefined;
  const isChannels = (size: number): size is 1 | 3 => size === 1 || size === 3;
  const isSide = (size: number) => size >= 4;
  const isInteger = integerLimits(datatype) !== undefined;
  const range = { least: hint.min ?? 0, most: hint.max ?? (isInteger ? 255 : 1), isInteger };
  if (isChannels(a) && isSide(b) && isSide(c) && b * c <= maxPixels) {
    return { channels: a, height: b, width: c, layout: "NCHW", ...range };
  }
  if (isChannels(c) && isSide(a) && isSide(b) && a * b <= maxPixels) {
    return { channels: c, height: a, width: b, layout: "NHWC", ...range };
  }
  return undefined;
}

const words: Partial<Record<Datatype, string>> = {
  BOOL: "true or false",
  BYTES: "text",
  FP16: "half",
  FP32: "float",
  FP64: "double",
};

/** Describes the meaning of an input and its range in training, in one line; undefined if the model provides neither. */
export function describeField({ hint }: Pick<Field, "hint">): string | undefined {
  const range = rangeOf(hint);
  return [hint.description, range && `${range} in training data`].filter(Boolean).join(", ") || undefined;
}

function noteOf({ datatype, shape }: TensorSpec, hint: InputHint): string {
  const sizes = shape.slice(typeof shape[0] === "string" ? 1 : 0);
  const dimensions = sizes.every((size) => size === 1) ? "" : ` [${sizes.join(", ")}]`;
  const type = hint.levels ? "choice" : (words[datatype] ?? datatype.toLowerCase());
  return `${type}${dimensions}`;
}

function imageNote(datatype: Datatype, image: ImageSpec): string {
  const colour = image.channels === 1 ? "grey" : "colour";
  const type = words[datatype] ?? datatype.toLowerCase();
  return `${type}, ${image.width} × ${image.height}${nbsp}px, ${colour}`;
}

function rangeOf({ min, max }: InputHint): string | undefined {
  const show = (value: number) => String(Number(value.toPrecision(4))).replace("-", "\u2212");
  if (min !== undefined && max !== undefined) return `${show(min)} to ${show(max)}`;
  if (min !== undefined) return `from ${show(min)}`;
  return max === undefined ? undefined : `up to ${show(max)}`;
}

/** Returns the initial values of the form: the examples of the model, else zeros, blank images, the first level. Open lists start empty. */
export function firstValues(fields: readonly Field[]): Values {
  const values: Values = {};
  for (const field of fields) {
    const value = firstValue(field);
    if (value) values[field.name] = value;
  }
  return values;
}

function firstValue(field: Field): InputValue | undefined {
  if (field.kind === "image") return filled(field.shape, field.image.least);
  if (field.kind === "list") {
    return field.shape.every((size) => size !== null)
      ? filled(field.shape as number[], zeroOf(field.datatype))
      : undefined;
  }
  if (field.kind === "file") return undefined;
  const { example } = field.hint;
  if (field.kind === "choice") return filled(field.shape, String(example ?? field.levels[0] ?? ""));
  if (field.kind === "text") return filled(field.shape, String(example ?? ""));
  if (field.kind === "flag") return filled(field.shape, Boolean(example));
  return filled(field.shape, typeof example === "number" ? example : (field.hint.min ?? 0));
}

function filled(shape: number[], element: Element): InputValue {
  return { shape, data: new Array<Element>(shape.reduce((product, size) => product * size, 1)).fill(element) };
}

function zeroOf(datatype: Datatype): Element {
  return datatype === "BYTES" ? "" : datatype === "BOOL" ? false : 0;
}

/** Describes why a valid number is unusual for the model; undefined if it is not. */
export function warningOf(field: Field, element: Element | undefined): string | undefined {
  const { min, max } = field.hint;
  if (typeof element !== "number") return undefined;
  if (min !== undefined && element < min) return `Below the training minimum of ${min}.`;
  if (max !== undefined && element > max) return `Above the training maximum of ${max}.`;
  return undefined;
}
