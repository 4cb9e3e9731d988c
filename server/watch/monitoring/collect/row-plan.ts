import { type FeatureSource, type FeatureSpec, maxElements } from "../features/contract.ts";
import { levelIndexOf } from "../state/level-indices.ts";

/** One element of a tensor's rows that is a feature. */
interface Cell {
  element: Extract<FeatureSource, { from: "element" }>;
  /** Of a categorical feature: its levels. */
  places: ReadonlyMap<string, number> | undefined;
}

/** A tensor whose rows are copied whole. */
export interface PlannedTensor {
  name: string;
  width: number;
  /** Where its elements begin in a row of the buffer. */
  offset: number;
  /** Whether numbers are rounded to single precision, as the model takes them. */
  isSingle: boolean;
  /** Whether it is one number a row. */
  isNumber: boolean;
  /** By place in its rows; undefined when all are numbers that need no more than that. */
  cells: readonly (Cell | undefined)[] | undefined;
}

/** Where a feature of the profile is in the buffer. Of a class: the places of the classes' levels, −1 of one that the reference never had. */
export type PlannedFeature = { index: number } & (
  | { from: "number" | "level"; column: number }
  | { from: "score" }
  | { from: "class"; levels: Int32Array }
);

/** How rows of a version in which all is there, and is what it should be, are copied aside and counted: made once. */
export interface RowPlan {
  inputs: readonly PlannedTensor[];
  outputs: readonly PlannedTensor[];
  features: readonly PlannedFeature[];
  /** Where the scores of the answer are; undefined where the version gives none. */
  scores: { column: number; width: number; labels: readonly string[] } | undefined;
  /** Elements of a row in the buffer. */
  width: number;
}

interface Watched {
  /** Those of the features in the profile's order, and behind them a score that is no feature. */
  specs: readonly (FeatureSpec | undefined)[];
  /** Levels of the features, undefined of numeric ones. */
  places: readonly (ReadonlyMap<string, number> | undefined)[];
  /** Place of the score in the specs, or −1. */
  score: number;
  labels: readonly string[] | undefined;
}

/** @returns undefined for a version with more than elements and scores: pictures, texts, embeddings */
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
  // Where nothing of the request is watched nobody can tell whether it went past the pipeline.
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
