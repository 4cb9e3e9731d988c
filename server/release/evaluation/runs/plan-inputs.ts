import { DomainError } from "#server/base/errors.ts";
import type { RawColumn } from "#server/develop/datasets/rows/columns.ts";
import { UnreadableFile } from "#server/develop/datasets/rows/rows.ts";
import type { TensorSpec } from "#server/develop/registry/onnx/contract.ts";
import type { InputPart } from "#server/serve/protocol/infer-request.ts";
import { type FeatureSpec, maxElements } from "#server/watch/monitoring/features/contract.ts";
import { widthOf } from "#server/watch/monitoring/features/row-width.ts";
import { inputsOf, type VersionSides } from "#server/watch/monitoring/profiles/build/plan-reference.ts";
import { planColumns, type Span, type TensorColumns } from "#server/watch/monitoring/profiles/build/tensor-columns.ts";

const maxNamed = 8;

/** How the inputs of a version are filled from the columns of a table. */
export interface InputPlan {
  /** Inputs of a request, in the order of the version. */
  specs: readonly TensorSpec[];
  tensors: TensorColumns[];
  /** Pictures with the position of the column of their files. */
  pictures: { name: string; column: string; index: number }[];
  /** Whether several rows fit into one request. */
  isBatched: boolean;
}

/**
 * Maps columns of a table to the inputs of a version: a column per number, a column of lists, or, for pictures, a column of files.
 * @param named columns of inputs by the input's name, where they differ
 * @throws DomainError "invalid" with the columns that are missing, or an input whose size varies
 */
export function planInputs(
  sides: VersionSides,
  columns: readonly string[],
  named: Record<string, string>,
  dataset: string,
): InputPlan {
  const specs = inputsOf(sides);
  const pictureNames = new Set(sides.pipeline?.before.flatMap((part) => (part.kind === "image" ? [part.name] : [])));
  const pictures = specs.flatMap(({ name }) => {
    const column = named[name] ?? name;
    return pictureNames.has(name) ? [{ name, column, index: columns.indexOf(column) }] : [];
  });
  const others = specs.filter(({ name }) => !pictureNames.has(name));
  const unsized = others.find(({ shape }) => widthOf(shape) === undefined);
  if (unsized) {
    throw new DomainError(
      "invalid",
      `Input "${unsized.name}" of shape [${unsized.shape.join(", ")}] has no fixed number of elements per row, so no column can hold it.`,
    );
  }
  const plan = planColumns(others.flatMap(featuresOfInput), others, columns, named);
  // A list of texts in one column is not read.
  const listed = others.filter(
    ({ name, datatype, shape }) =>
      datatype === "BYTES" && (widthOf(shape) ?? 1) > 1 && !columns.includes(`${name}[0]`) && !(`${name}[0]` in named),
  );
  const absent = pictures.filter(({ index }) => index < 0).map(({ column }) => column);
  const missing = [...new Set([...absent, ...plan.missing, ...listed.map(({ name }) => `${name}[0]`)])];
  if (missing.length > 0) {
    const some = missing.slice(0, maxNamed).map((name) => `"${name}"`);
    const more = missing.length > maxNamed ? ` and ${missing.length - maxNamed} more` : "";
    throw new DomainError("invalid", `"${dataset}" has no column for input ${some.join(", ")}${more} of this version.`);
  }
  const isBatched = [...specs, ...sides.signature.inputs, ...sides.signature.outputs].every(
    ({ shape }) => typeof shape[0] === "string",
  );
  return { specs, tensors: plan.tensors, pictures, isBatched };
}

/**
 * Names the columns of a table that inputs of a version are filled from, as planInputs does. @param named columns of inputs by the input's name
 */
export function inputColumns(sides: VersionSides, columns: readonly string[], named: Record<string, string>): string[] {
  const found = inputsOf(sides).flatMap(({ name, shape }) => {
    const column = named[name] ?? name;
    if (columns.includes(column)) return [column];
    return Array.from({ length: widthOf(shape) ?? 0 }, (_, index) => {
      const element = `${name}[${index}]`;
      return named[element] ?? element;
    }).filter((element) => columns.includes(element));
  });
  return [...new Set(found)];
}

function featuresOfInput({ name, datatype, shape }: TensorSpec): FeatureSpec[] {
  const width = widthOf(shape) ?? 1;
  const kind = datatype === "BYTES" || datatype === "BOOL" ? "categorical" : "numeric";
  if (width > maxElements) {
    const source = { from: "embedding", tensor: name, width, part: "norm" } as const;
    return [{ name, role: "input", kind, source }];
  }
  return Array.from({ length: width }, (_, index) => ({
    name: width === 1 ? name : `${name}[${index}]`,
    role: "input" as const,
    kind,
    source: { from: "element", tensor: name, index, width } as const,
  }));
}

/** Inputs of some rows, in the order of a plan's specs, each with its elements row by row. */
export interface InputRows {
  rows: number;
  data: Map<string, ArrayLike<number | string | null>>;
}

/** Reads the inputs of chosen rows of a batch. @throws UnreadableFile for a cell that does not fit */
export function fillInputs(plan: InputPlan, columns: readonly RawColumn[], span: Span): InputRows {
  const data = new Map<string, ArrayLike<number | string | null>>();
  for (const tensor of plan.tensors) data.set(tensor.tensor, tensor.fill(columns, span));
  for (const picture of plan.pictures) {
    const column = columns[picture.index] as RawColumn;
    const files = Array.from({ length: span.to - span.from }, (_, at) => fileOf(column, span, at, picture.column));
    data.set(picture.name, files);
  }
  return { rows: span.to - span.from, data };
}

/** Returns the base64 of a file in a cell: bytes, or base64 as text, also as a data URL. */
function fileOf({ cells, value }: RawColumn, span: Span, at: number, column: string): string {
  const row = span.from + at;
  const text = value(cells[row])?.text ?? "";
  const base64 = text.startsWith('base64"') ? text.slice(7, -1) : text.replace(/^data:[\w/+.-]{0,100};base64,/, "");
  if (base64 !== "" && base64.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return base64;
  const line = span.at(row);
  throw new UnreadableFile(`Line ${line}: column "${column}" does not contain a file, as bytes or as base64.`, {
    line,
    column,
  });
}

/** Returns rows `from` to `to` of inputs as a request has them. Missing numbers are NaN. */
export function requestOf(plan: InputPlan, { rows, data }: InputRows, from: number, to: number): InputPart[] {
  return plan.specs.map(({ name, datatype, shape }) => {
    const elements = data.get(name) ?? [];
    const width = elements.length / rows;
    const missing = datatype.startsWith("FP") ? Number.NaN : null;
    const part = Array.prototype.slice.call(elements, from * width, to * width).map((element) => {
      if (element === null || Number.isNaN(element)) return missing;
      return datatype === "BOOL" ? Boolean(element) : element;
    });
    const isPicture = plan.pictures.some((picture) => picture.name === name);
    const sizes = typeof shape[0] === "string" ? [to - from, ...shape.slice(1)] : shape;
    return {
      name,
      datatype,
      shape: isPicture ? [to - from] : sizes.map(Number),
      data: part,
      binarySize: undefined,
      ...(isPicture && { contentType: "base64" }),
    };
  });
}
