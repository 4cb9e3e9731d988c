import { detectionCounts } from "#server/stats/evaluation/detection.ts";
import { spanAgreement } from "#server/stats/labelling/span-agreement.ts";
import type { EvaluationTask } from "../contract.ts";
import type { ColumnData } from "../rows/pack-columns.ts";
import type { RowAnswer } from "../runs/answer-reader.ts";
import { decodeTags } from "./decode-tags.ts";
import { type RegionKind, readOffsets } from "./label-regions.ts";
import { storedBoxes, storedSpans, storeRegions } from "./stored-regions.ts";

/** Sums of the regions of a row, by the names of the parts of metrics. */
export const regionParts = {
  boxes: ["truePositive", "falsePositive", "falseNegative", "iou"],
  spans: ["truePositive", "falsePositive", "falseNegative", "exactHits", "partialHits", "typeHits", "regions"],
} as const;

type Extras = Record<string, ColumnData>;

/** Columns that the rows of a run have besides those of all kinds. */
export function regionExtras(kind: RegionKind, rows: number): Extras {
  const parts = Object.fromEntries(regionParts[kind].map((name) => [name, new Float32Array(rows)]));
  return { ...parts, found: new Array<string>(rows).fill("") };
}

interface Row {
  /** Regions of the label as the set stores them. */
  truth: string;
  /** Names that the version gives to the set's classes. */
  classes: readonly string[];
  /** Limits of the tokens, for tags. */
  offsets: string | undefined;
  index: number;
}

/**
 * Compares the boxes or spans of one row with its label, and stores what its metrics need.
 * @returns score and loss by F1 of the row, which is 1 where there is nothing and nothing was predicted
 */
export function scoreRegions(
  task: Extract<EvaluationTask, { kind: RegionKind }>,
  said: RowAnswer,
  { truth, classes, offsets, index }: Row,
  extras: Extras,
): { answer: number; score: number; loss: number; isCorrect: boolean } | string {
  const store = (parts: Record<string, number>) => {
    for (const [name, value] of Object.entries(parts)) (extras[name] as Float32Array)[index] = value;
  };
  const found = extras.found as string[];
  if (task.kind === "boxes") {
    const predicted = said.boxes ?? [];
    const counts = detectionCounts({ actual: storedBoxes(truth, classes), predicted }, task);
    store({ ...counts });
    found[index] = storeRegions(
      predicted.map(({ label, x, y, width, height, score }) => [label, x, y, width, height, score]),
    );
    return scored(counts);
  }
  const limits = said.tags ? readOffsets(offsets ?? "") : [];
  if (!limits) return "The row has no limits of its tokens.";
  const predicted = said.tags ? decodeTags(said.tags, limits) : (said.spans ?? []);
  const actual = storedSpans(truth, classes);
  const { strict, exact, partial, type } = spanAgreement(actual, predicted);
  const counts = {
    truePositive: strict.correct,
    falsePositive: predicted.length - strict.correct,
    falseNegative: actual.length - strict.correct,
  };
  store({
    ...counts,
    exactHits: exact.correct,
    partialHits: partial.correct + partial.partial / 2,
    typeHits: type.correct,
    regions: actual.length + predicted.length,
  });
  found[index] = storeRegions(predicted.map(({ label, start, end }) => [label, start, end]));
  return scored(counts);
}

function scored(counts: { truePositive: number; falsePositive: number; falseNegative: number }) {
  const { truePositive: hits, falsePositive, falseNegative } = counts;
  const all = 2 * hits + falsePositive + falseNegative;
  const score = all === 0 ? 1 : (2 * hits) / all;
  return { answer: 0, score, loss: 1 - score, isCorrect: falsePositive + falseNegative === 0 };
}
