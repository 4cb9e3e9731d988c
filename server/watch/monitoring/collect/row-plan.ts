import { type FeatureSource, type FeatureSpec, maxElements } from "../features/contract.ts";
import { levelIndexOf } from "../state/level-indices.ts";

/** One element of a tensor's rows that is a feature. */
interface Cell {
  element: Extract<FeatureSource, { from: "element" }>;
  /** Levels of a categorical feature. */
  places: ReadonlyMap<string, number> | undefined;
}

/** A tensor whose rows are copied completely. */
export interface PlannedTensor {
  name: string;
  width: number;
  /** Index of its first element in a row of the buffer. */
  offset: number;
  /** Whether numbers are rounded to single precision, as the model receives them. */
  isSingle: boolean;
  /** Whether each row is a single number. */
  isNumber: boolean;
  /** By index in its rows; undefined when all are plain numbers. */
  cells: readonly (Cell | undefined)[] | undefined;
}

/** Position of a profile feature in the buffer. For a class: the indexes of the classes' levels, −1 for one absent from the reference. */
export type PlannedFeature = { index: number } & (
  | { from: "number" | "level"; column: number }
  | { from: "score" }
  | { from: "class"; levels: Int32Array }
);

/** Plan for copying and counting rows of a version whose values are all present and valid; built once. */
export interface RowPlan {
  inputs: readonly PlannedTensor[];
  outputs: readonly PlannedTensor[];
  features: readonly PlannedFeature[];
  /** Position of the scores in the output; undefined when the version returns none. */
  scores: { column: number; width: number; labels: readonly string[] } | undefined;
  /** Elements of a row in the buffer. */
  width: number;
}

interface Watched {
  /** Specs of the features in the profile's order, followed by a score that is not a feature. */
  specs: readonly (FeatureSpec | undefined)[];
  /** Levels of the features, undefined of numeric ones. */
  places: readonly (ReadonlyMap<string, number> | undefined)[];
  /** Index of the score in the specs, or −1. */
  score: number;
  labels: readonly string[] | undefined;
}

/** Plans how rows are copied. @returns undefined for a version with more than elements and scores: pictures, texts, embeddings */
export function rowPlan({ specs, places: indices, score, labels }: Watched): RowPlan | undefined {
  const tensors = { input: new Map<string, PlannedTensor>(), output: new Map<string, PlannedTensor>() };
  let width = 0;
  for (const [index, spec] of specs.entries()) {
    if (!spec) continue;
    const { source, role } = spec;
    if (source.from === "picture" || source.from === "text" || source.from === "embedding") return undefined;
    if (source.width > maxElements) return undefined;
    const known = tensors[role].get(source.tensor);
    const tensor = known ?? plainTensor(source.tensor, source.width, width);
    if (!known) width += source.width;
    tensors[role].set(source.tensor, source.from === "element" ? withCell(tensor, source, indices[index]) : tensor);
  }
  // Without a monitored input, a request that bypassed the pipeline cannot be detected.
  if (tensors.input.size === 0) return undefined;
  const columnOf = ({ role, source }: FeatureSpec) => tensors[role].get(source.tensor)?.offset ?? 0;
  const scored = specs[score];
  const scores = scored?.source.from === "score" ? scoresAt(columnOf(scored), scored.source.width, labels) : undefined;
  const features: PlannedFeature[] = [];
  for (const [index, levels] of indices.entries()) {
    const spec = specs[index];
    // It has no source any more, and is counted nowhere.
    if (!spec) continue;
    const { source } = spec;
    if (source.from === "element") {
      features.push({ from: levels ? "level" : "number", index, column: columnOf(spec) + source.index });
      continue;
    }
    if (columnOf(spec) !== scores?.column || (source.from === "class") !== (levels !== undefined)) return undefined;
    if (!levels) features.push({ from: "score", index });
    else {
      const own = scores.labels.map((label) => levelIndexOf(levels, label));
      features.push({ from: "class", index, levels: Int32Array.from(own) });
    }
  }
  const [inputs, outputs] = [tensors.input, tensors.output].map((side) => [...side.values()].map(withoutPlainCells));
  return { inputs: inputs ?? [], outputs: outputs ?? [], features, scores, width };
}

function plainTensor(name: string, width: number, offset: number): PlannedTensor {
  return { name, width, offset, isSingle: false, isNumber: false, cells: undefined };
}

function withCell(tensor: PlannedTensor, element: Cell["element"], indices: Cell["places"]): PlannedTensor {
  const cells = [...(tensor.cells ?? new Array<undefined>(tensor.width).fill(undefined))];
  cells[element.index] = { element, places: indices };
  return { ...tensor, isSingle: element.precision === "single", cells };
}

function withoutPlainCells(tensor: PlannedTensor): PlannedTensor {
  const isPlain = (cell: Cell | undefined) =>
    !cell || (!cell.places && !cell.element.isTruth && cell.element.precision !== "half");
  return tensor.cells?.every(isPlain) ? { ...tensor, isNumber: tensor.width === 1, cells: undefined } : tensor;
}

function scoresAt(column: number, width: number, labels: readonly string[] | undefined): RowPlan["scores"] {
  const names = Array.from({ length: Math.max(2, width) }, (_, at) => labels?.[at] ?? String(at));
  return { column, width, labels: names };
}
