import { equalBinOf, isSplit, scoreBinOf } from "#server/stats/estimation/score-grid.ts";
import { addError, emptyErrors } from "#server/stats/quality/regression.ts";
import type { LabelledPrediction, PlacedSpan, QualityCounts, ScoreCell } from "./contract.ts";
import { emptyCounts } from "./empty-counts.ts";
import { lagBucket } from "./lag-buckets.ts";

/** Maximum number of distinct classes per hour. */
/** Longer labels are texts, spans or boxes. They are counted as one class. */
const maxNameLength = 1000;
const maxClasses = 200;
const otherClass = "(other)";
/** Different values of a tag in an hour; the rest is one segment together, as at the gateway. */
const maxValues = 20;

interface Open {
  span: PlacedSpan;
  confusion: Map<string, [string, string, number]>;
  scores: Map<string, Map<number, ScoreCell>>;
  splitScores: Map<string, Map<number, ScoreCell>>;
  trueScores: Map<string, Map<number, ScoreCell>>;
  lags: Map<number, number>;
  /** Classes of the complete hour, so that its ranges add up to it. */
  classes: Set<string>;
}

/** Counts one hour of predictions by version, arm, segment and time span. */
export class PredictionCounter {
  private readonly open = new Map<string, Open>();
  private readonly values = new Map<string, Set<string>>();
  private readonly classes = new Map<string, Set<string>>();
  private readonly tolerance: number | null;
  private readonly spanMs: number;

  /**
   * @param tolerance maximum error of a numeric prediction that still counts as correct
   * @param spanMs length of a span that is counted separately
   */
  constructor(tolerance: number | null, spanMs: number) {
    this.tolerance = tolerance;
    this.spanMs = spanMs;
  }

  add(prediction: LabelledPrediction): void {
    for (const segment of ["", ...prediction.segments.map((tag) => this.bounded(tag))]) {
      this.addTo(this.openOf(prediction, segment), prediction);
    }
  }

  /** Returns the counts, with all sparse values in order. */
  spans(): PlacedSpan[] {
    return [...this.open.values()].map(({ span, confusion, scores, splitScores, trueScores, lags }) => ({
      ...span,
      counts: {
        ...span.counts,
        confusion: [...confusion.values()],
        scores: sparse(scores),
        ...(splitScores.size > 0 && { splitScores: sparse(splitScores) }),
        ...(trueScores.size > 0 && { trueScores: sparse(trueScores) }),
        lags: [...lags].sort(byFirst),
      },
    }));
  }

  private addTo(open: Open, prediction: LabelledPrediction): void {
    const { span } = open;
    span.predictions += 1;
    const { truth, lagMs } = prediction;
    if (truth === null || prediction.prediction === null) return;
    if (typeof prediction.prediction === "number") {
      const number = truth.trim() === "" ? Number.NaN : Number(truth);
      if (!Number.isFinite(number) || !Number.isFinite(prediction.prediction)) return;
      span.counts.errors ??= emptyErrors();
      addError(span.counts.errors, prediction.prediction, number, this.tolerance);
    } else {
      addClass(open, prediction.prediction, truth);
      if (prediction.score !== null) addScored(open, prediction, prediction.prediction, truth, prediction.score);
    }
    span.labelled += 1;
    span.revision += prediction.replaced;
    if (lagMs !== null) open.lags.set(lagBucket(lagMs), (open.lags.get(lagBucket(lagMs)) ?? 0) + 1);
  }

  private openOf({ versionId, arm, at: answeredAt }: LabelledPrediction, segment: string): Open {
    const at = Math.floor(answeredAt / this.spanMs) * this.spanMs;
    const of = `${versionId} ${arm} ${segment}`;
    const known = this.open.get(`${at} ${of}`);
    if (known) return known;
    const span = { at, versionId, arm, segment, predictions: 0, labelled: 0, counts: emptyCounts(), revision: 0 };
    const classes = this.classes.get(of) ?? new Set();
    this.classes.set(of, classes);
    const [confusion, scores, splitScores, trueScores] = [new Map(), new Map(), new Map(), new Map()];
    const opened: Open = { span, confusion, scores, splitScores, trueScores, lags: new Map(), classes };
    this.open.set(`${at} ${of}`, opened);
    return opened;
  }

  private bounded(tag: string): string {
    const name = tag.slice(0, tag.indexOf("="));
    const known = this.values.get(name) ?? new Set();
    this.values.set(name, known);
    if (known.has(tag)) return tag;
    if (known.size >= maxValues) return `${name}=other`;
    known.add(tag);
    return tag;
  }
}

function addClass({ confusion, classes }: Open, prediction: string, truth: string): void {
  const [is, said] = [truth, prediction].map((name) => {
    if (!classes.has(name) && (classes.size >= maxClasses || name.length > maxNameLength)) return otherClass;
    classes.add(name);
    return name;
  }) as [string, string];
  // Beyond the maximum number of classes, an error must not look correct.
  const cell: [string, string] =
    is === otherClass && said === otherClass && prediction !== truth ? [is, "(another)"] : [is, said];
  const key = JSON.stringify(cell);
  confusion.set(key, [...cell, (confusion.get(key)?.[2] ?? 0) + 1]);
}

function addScored(
  { scores, splitScores, trueScores, span }: Open,
  of: LabelledPrediction,
  prediction: string,
  truth: string,
  score: number,
): void {
  if (!(score >= 0 && score <= 1)) return;
  const isTrue = truth === (of.isBinary ? of.lastClass : prediction);
  const key = of.isBinary ? "" : prediction;
  const bin = equalBinOf(score);
  addCell(scores, key, bin, score, isTrue);
  if (isSplit(bin)) addCell(splitScores, key, scoreBinOf(score), score, isTrue);
  if (of.isBinary && isTrue) addCell(trueScores, key, scoreBinOf(score), score, isTrue);
  if (of.isBinary) addLoss(span.counts, score, isTrue);
}

function addCell(
  scores: Map<string, Map<number, ScoreCell>>,
  key: string,
  bin: number,
  score: number,
  isTrue: boolean,
): void {
  const cells = scores.get(key) ?? new Map<number, ScoreCell>();
  scores.set(key, cells);
  const [, rows, sum, squares, hits] = cells.get(bin) ?? [bin, 0, 0, 0, 0];
  cells.set(bin, [bin, rows + 1, sum + score, squares + score * score, hits + (isTrue ? 1 : 0)]);
}

function sparse(scores: ReadonlyMap<string, ReadonlyMap<number, ScoreCell>>): Record<string, ScoreCell[]> {
  return Object.fromEntries([...scores].map(([key, cells]) => [key, [...cells.values()].sort(byFirst)]));
}

/** scikit-learn clips probabilities at the precision of their type; a score of exactly 0 or 1 must not make the loss infinite. */
const minProbability = 1e-15;

function addLoss(counts: QualityCounts, score: number, isTrue: boolean): void {
  const probability = isTrue ? score : 1 - score;
  counts.logLoss -= Math.log(Math.max(minProbability, probability));
  counts.squaredError += (1 - probability) ** 2;
  counts.scored += 1;
}

function byFirst(a: readonly [number, ...number[]], b: readonly [number, ...number[]]): number {
  return a[0] - b[0];
}
