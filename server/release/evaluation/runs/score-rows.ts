import { failedAnswer, logLossOf } from "#server/stats/evaluation/row-columns.ts";
import type { EvaluationTask } from "../contract.ts";
import type { ColumnData, ColumnPack } from "../rows/pack-columns.ts";
import type { SetRows } from "../sets/set-rows.ts";
import type { AnswerReader, RowAnswer } from "./answer-reader.ts";

/** What the head of a run's rows says of all of them. */
export interface RunHead {
  /** Names of the classes: those of the set, as the version names them, then others of the version. */
  classes: string[];
  isTwoClasses: boolean;
  /** Whether scores of classes are probabilities; null until a row was read. */
  areProbabilities: boolean | null;
  /** Why rows have no answer, most frequent first. */
  failures: { message: string; rows: number; firstRow: number }[];
  /** Milliseconds of the model runs so far. */
  modelMs: number;
}

/** Rows of a run: row i is row i of the set. */
export type RunRows = ColumnPack<RunHead>;

/** Numbers of probabilities that are kept until the metrics are computed: 256 MB. */
const maxProbabilities = 2 ** 26;
const sumTolerance = 0.01;
const maxFailures = 50;

/** Compares answers with the truth of a set, and collects what is stored of each row. */
export class RowScorer {
  readonly head: RunHead;
  readonly #task: EvaluationTask;
  readonly #set: SetRows;
  readonly #reader: AnswerReader;
  readonly #failures: Map<string, RunHead["failures"][number]>;
  readonly #modelMsBefore: number;

  /** @param head of the rows before, if there are some */
  constructor(task: EvaluationTask, set: SetRows, reader: AnswerReader, head: RunHead | undefined) {
    this.#task = task;
    this.#set = set;
    this.#reader = reader;
    const { classes, isTwoClasses } = reader;
    this.#failures = new Map(head?.failures.map((failure) => [failure.message, { ...failure }]));
    this.#modelMsBefore = head?.modelMs ?? 0;
    const areProbabilities = head?.areProbabilities ?? null;
    this.head = {
      classes,
      isTwoClasses,
      areProbabilities,
      failures: head?.failures ?? [],
      modelMs: this.#modelMsBefore,
    };
  }

  /**
   * Scores the answers of consecutive rows of the set.
   * @param position of the first. @param answers a sentence where there is none. @param modelMs of the model runs of this scorer so far
   */
  score(position: number, answers: readonly (RowAnswer | string)[], modelMs: number): RunRows {
    const rows = answers.length;
    const answer = new Uint16Array(rows).fill(failedAnswer);
    const score = new Float32Array(rows).fill(Number.NaN);
    const loss = new Float32Array(rows).fill(Number.NaN);
    const correct = new Uint8Array(rows);
    const extras = this.#extras(rows);
    for (const [index, said] of answers.entries()) {
      const found = typeof said === "string" ? said : this.#scoreOne(position + index, index, said, extras);
      if (typeof found === "string") {
        this.#countFailure(found, position + index);
        continue;
      }
      answer[index] = found.answer;
      score[index] = found.score;
      loss[index] = found.loss;
      correct[index] = found.isCorrect ? 1 : 0;
    }
    this.head.failures = [...this.#failures.values()].sort((a, b) => b.rows - a.rows).slice(0, maxFailures);
    this.head.modelMs = this.#modelMsBefore + modelMs;
    return { rows, head: this.head, columns: { answer, score, loss, correct, ...extras } };
  }

  #countFailure(message: string, position: number): void {
    const row = (this.#set.columns.row as Uint32Array)[position] ?? 0;
    const known = this.#failures.get(message);
    if (known) known.rows += 1;
    else if (this.#failures.size < maxFailures * 20) this.#failures.set(message, { message, rows: 1, firstRow: row });
  }

  #extras(rows: number): Record<string, ColumnData> {
    const { kind } = this.#task;
    const classes = this.#set.head.classes.length;
    if (kind === "classification" && this.#keepsProbabilities()) {
      return { probabilities: new Float32Array(rows * classes) };
    }
    return {};
  }

  /** Of more than two classes all are kept until the metrics are computed. */
  #keepsProbabilities(): boolean {
    const { rows, head } = this.#set;
    return this.#reader.hasScores && !this.head.isTwoClasses && rows * head.classes.length <= maxProbabilities;
  }

  #scoreOne(position: number, index: number, said: RowAnswer, extras: Record<string, ColumnData>): Scored | string {
    const { truth } = this.#set.columns;
    switch (this.#task.kind) {
      case "classification":
        return this.#scoreClass((truth as Uint16Array)[position] ?? 0, index, said, extras);
      default: {
        const number = Math.fround(Number(said.number));
        if (!Number.isFinite(number)) return "The prediction is beyond the range of single precision.";
        return { answer: 0, score: number, loss: Math.abs(number - Number(truth?.[position])), isCorrect: false };
      }
    }
  }

  #scoreClass(actual: number, index: number, said: RowAnswer, extras: Record<string, ColumnData>): Scored | string {
    const answer = said.answer ?? 0;
    const isCorrect = answer === actual;
    const { scores } = said;
    if (!scores) return { answer, score: 1, loss: isCorrect ? 0 : 1, isCorrect };
    const isProbable = areProbabilities(scores);
    this.head.areProbabilities ??= isProbable;
    const { areProbabilities: wanted, isTwoClasses } = this.head;
    if (!wanted) {
      const score = isTwoClasses ? (scores[1] ?? 0) - (scores[0] ?? 0) : (scores[answer] ?? 0);
      if (!Number.isFinite(score)) return "A score is infinite.";
      return { answer, score, loss: isCorrect ? 0 : 1, isCorrect };
    }
    if (!isProbable) return "The scores are no probabilities, as they are of other rows.";
    const { probabilities } = extras;
    if (probabilities instanceof Float32Array) {
      const classes = this.#set.head.classes.length;
      for (let at = 0; at < classes; at += 1) probabilities[index * classes + at] = clipped(scores[at]);
    }
    const score = clipped(scores[isTwoClasses ? 1 : answer]);
    return { answer, score, loss: logLossOf(clipped(scores[actual])), isCorrect };
  }
}

interface Scored {
  answer: number;
  score: number;
  loss: number;
  isCorrect: boolean;
}

function areProbabilities(scores: Float64Array): boolean {
  let sum = 0;
  for (const score of scores) {
    if (!(score >= -1e-6 && score <= 1 + 1e-6)) return false;
    sum += score;
  }
  return Math.abs(sum - 1) <= sumTolerance;
}

const clipped = (value: number | undefined) => Math.min(1, Math.max(0, value ?? 0));
