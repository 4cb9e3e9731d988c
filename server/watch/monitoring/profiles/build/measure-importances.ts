import { seededRandom, shuffled } from "#server/stats/random.ts";
import type { FeatureSpec } from "../../features/contract.ts";
import type { SampledRow } from "./row-sample.ts";

/** Elements that are permuted together, and the features that share what that does. */
interface Group {
  tensor: string;
  /** Index in a row; null: the complete tensor. */
  index: number | null;
  features: string[];
}

/** Maximum number of rows requested for all features together. */
const maxRequested = 150_000;
const maxRows = 500;
const minRows = 20;

/** Runs a version on rows. @returns its outputs as numbers by row; null unless it predicted all of them */
export type PredictNumbers = (rows: readonly SampledRow[]) => Promise<Float64Array[] | null>;

/**
 * Measures how much each feature affects the prediction: the mean absolute change of the numeric prediction when the feature's values are
 * permuted among rows, as a share of all such changes (permutation importance, Breiman 2001, of the prediction instead of the loss, so
 * that it needs no labels). Features read from one tensor as a unit, such as an embedding, share its importance evenly.
 * @returns importance by feature, summing to 1; null when nothing affects the prediction or the version did not respond
 */
export async function measureImportances(
  rows: readonly SampledRow[],
  inputs: readonly FeatureSpec[],
  predict: PredictNumbers,
): Promise<Record<string, number> | null> {
  const groups = groupsOf(inputs);
  const count = Math.min(rows.length, maxRows, Math.floor(maxRequested / Math.max(1, groups.length)));
  if (groups.length === 0 || count < minRows) return null;
  const random = seededRandom(4242);
  const base = shuffled(rows.length, random)
    .slice(0, count)
    .map((at) => rows[at] as SampledRow);
  const before = await predict(base);
  if (!before) return null;
  const moves: number[] = [];
  for (const group of groups) {
    const order = shuffled(count, random);
    const after = await predict(base.map((row, at) => exchanged(row, base[order[at] as number] as SampledRow, group)));
    if (!after) return null;
    moves.push(meanChange(before, after));
  }
  const total = moves.reduce((sum, move) => sum + move, 0);
  if (!(total > 0)) return null;
  return Object.fromEntries(
    groups.flatMap(({ features }, at) =>
      features.map((name) => [name, (moves[at] as number) / total / features.length]),
    ),
  );
}

function groupsOf(inputs: readonly FeatureSpec[]): Group[] {
  const groups = new Map<string, Group>();
  for (const { name, source } of inputs) {
    const index = source.from === "element" ? source.index : null;
    const key = JSON.stringify([source.tensor, index]);
    const group = groups.get(key) ?? { tensor: source.tensor, index, features: [] };
    group.features.push(name);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** Returns a row with the elements of a group taken from another row. */
function exchanged(row: SampledRow, other: SampledRow, { tensor, index }: Group): SampledRow {
  const inputs = row.inputs.map((part) => {
    if (part.name !== tensor) return part;
    const from = other.inputs.find(({ name }) => name === tensor)?.data ?? part.data;
    if (index === null) return { ...part, data: from };
    return { ...part, data: Array.from(part.data, (element, at) => (at === index ? from[at] : element)) };
  });
  return { ...row, inputs };
}

function meanChange(before: readonly Float64Array[], after: readonly Float64Array[]): number {
  let sum = 0;
  let count = 0;
  for (const [row, numbers] of before.entries()) {
    for (const [at, number] of numbers.entries()) {
      const change = Math.abs(number - ((after[row] as Float64Array)[at] as number));
      if (!Number.isFinite(change)) continue;
      sum += change;
      count += 1;
    }
  }
  return count === 0 ? 0 : sum / count;
}
