import { addError, emptyErrors } from "#server/stats/quality/regression.ts";
import { scoreBins } from "../../state/contract.ts";
import type { CountedHour, LoggedAnswer, QualityCounts, ScoreCell } from "./contract.ts";
import { emptyCounts } from "./empty-counts.ts";
import { lagBucket } from "./lag-buckets.ts";

/** Different classes of an hour that are told apart. */
const mostClasses = 200;
const otherClass = "(other)";
/** Different values of a tag in an hour; the rest is one segment together, as at the gateway. */
const mostValues = 20;

interface Open {
  hour: CountedHour;
  confusion: Map<string, [string, string, number]>;
  scores: Map<string, Map<number, ScoreCell>>;
  lags: Map<number, number>;
  classes: Set<string>;
}

/** Adds up one hour of answers by version, arm and segment. */
export class AnswerCounter {
  private readonly open = new Map<string, Open>();
  private readonly values = new Map<string, Set<string>>();
  private readonly tolerance: number | null;

  /** @param tolerance of answers that are numbers: how far off still counts as right */
  constructor(tolerance: number | null) {
    this.tolerance = tolerance;
  }

  add(answer: LoggedAnswer): void {
    for (const segment of ["", ...answer.segments.map((tag) => this.bounded(tag))]) {
      this.addTo(this.openOf(answer, segment), answer);
    }
  }

  /** What was counted, with all that is sparse in order. */
  hours(): CountedHour[] {
    return [...this.open.values()].map(({ hour, confusion, scores, lags }) => ({
      ...hour,
      counts: {
        ...hour.counts,
        confusion: [...confusion.values()],
        scores: Object.fromEntries([...scores].map(([key, cells]) => [key, [...cells.values()].sort(byFirst)])),
        lags: [...lags].sort(byFirst),
      },
    }));
  }

  private addTo(open: Open, answer: LoggedAnswer): void {
    const { hour } = open;
    hour.predictions += 1;
    const { truth, lagMs } = answer;
    if (truth === null || answer.answer === null) return;
    if (typeof answer.answer === "number") {
      const number = truth.trim() === "" ? Number.NaN : Number(truth);
      if (!Number.isFinite(number) || !Number.isFinite(answer.answer)) return;
      hour.counts.errors ??= emptyErrors();
      addError(hour.counts.errors, answer.answer, number, this.tolerance);
    } else {
      addClass(open, answer.answer, truth);
      if (answer.score !== null) addScored(open, answer, answer.answer, truth, answer.score);
    }
    hour.labelled += 1;
    hour.revision += answer.replaced;
    if (lagMs !== null) open.lags.set(lagBucket(lagMs), (open.lags.get(lagBucket(lagMs)) ?? 0) + 1);
  }

  private openOf({ versionId, arm }: LoggedAnswer, segment: string): Open {
    const key = `${versionId} ${arm} ${segment}`;
    const known = this.open.get(key);
    if (known) return known;
    const hour: CountedHour = {
      ...{ versionId, arm, segment, predictions: 0, labelled: 0, counts: emptyCounts(), revision: 0 },
    };
    const opened: Open = { hour, confusion: new Map(), scores: new Map(), lags: new Map(), classes: new Set() };
    this.open.set(key, opened);
    return opened;
  }

  private bounded(tag: string): string {
    const name = tag.slice(0, tag.indexOf("="));
    const known = this.values.get(name) ?? new Set();
    this.values.set(name, known);
    if (known.has(tag)) return tag;
    if (known.size >= mostValues) return `${name}=other`;
    known.add(tag);
    return tag;
  }
}

function addClass({ confusion, classes }: Open, answer: string, truth: string): void {
  const [is, said] = [truth, answer].map((name) => {
    if (!classes.has(name) && classes.size >= mostClasses) return otherClass;
    classes.add(name);
    return name;
  }) as [string, string];
  // Beyond the most classes a mistake must not look right.
  const cell: [string, string] =
    is === otherClass && said === otherClass && answer !== truth ? [is, "(another)"] : [is, said];
  const key = JSON.stringify(cell);
  confusion.set(key, [...cell, (confusion.get(key)?.[2] ?? 0) + 1]);
}

function addScored({ scores, hour }: Open, of: LoggedAnswer, answer: string, truth: string, score: number): void {
  if (!(score >= 0 && score <= 1)) return;
  const isTrue = truth === (of.isBinary ? of.lastClass : answer);
  const key = of.isBinary ? "" : answer;
  const bin = Math.min(scoreBins - 1, Math.floor(score * scoreBins));
  const cells = scores.get(key) ?? new Map<number, ScoreCell>();
  scores.set(key, cells);
  const [, rows, sum, squares, hits] = cells.get(bin) ?? [bin, 0, 0, 0, 0];
  cells.set(bin, [bin, rows + 1, sum + score, squares + score * score, hits + (isTrue ? 1 : 0)]);
  if (of.isBinary) addLoss(hour.counts, score, isTrue);
}

/** scikit-learn clips probabilities at the precision of their type; a score of exactly 0 or 1 must not make the loss infinite. */
const leastProbability = 1e-15;

function addLoss(counts: QualityCounts, score: number, isTrue: boolean): void {
  const probability = isTrue ? score : 1 - score;
  counts.logLoss -= Math.log(Math.max(leastProbability, probability));
  counts.squaredError += (1 - probability) ** 2;
  counts.scored += 1;
}

function byFirst(a: readonly [number, ...number[]], b: readonly [number, ...number[]]): number {
  return a[0] - b[0];
}
