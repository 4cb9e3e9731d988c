import { Turns } from "#server/base/turns.ts";
import { failedAnswer, logLossOf } from "#server/stats/evaluation/row-columns.ts";
import { transcriptSteps } from "#server/stats/evaluation/transcription.ts";
import type { Histogram } from "#server/stats/histogram.ts";
import type { EvaluationTask } from "../contract.ts";
import { regionExtras, scoreRegions } from "../regions/score-regions.ts";
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
  /** Whether the rows have `otherSquares` and `othersAbove`: of classes that the set does not have, Σp², and how many exceed the actual class. */
  hasOthers?: boolean;
  /** Durations of requests in milliseconds, and rows of one at most; unknown of runs of earlier releases. */
  requests?: { durations: Histogram; rows: number };
}

/** Rows of a run: row i is row i of the set. */
export type RunRows = ColumnPack<RunHead>;

/** Numbers of probabilities that are kept until the metrics are computed: 256 MB. */
export const maxProbabilities = 2 ** 26;
/** Characters of a transcript that is compared, and those of it that are shown. */
const maxTranscript = 200_000;
const maxShown = 2000;
const sumTolerance = 0.01;
/** Milliseconds after which other work of the worker has a turn. */
const turnMs = 50;
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
      // All rows of a run have the same columns.
      hasOthers: head ? head.hasOthers === true : true,
    };
  }

  /**
   * Scores the answers of consecutive rows of the set. Long texts take seconds, so other work has its turns meanwhile.
   * @param position of the first. @param answers a sentence where there is none. @param modelMs of the model runs of this scorer so far
   */
  async score(position: number, answers: readonly (RowAnswer | string)[], modelMs: number): Promise<RunRows> {
    const turns = new Turns(turnMs);
    const rows = answers.length;
    const answer = new Uint16Array(rows).fill(failedAnswer);
    const score = new Float32Array(rows).fill(Number.NaN);
    const loss = new Float32Array(rows).fill(Number.NaN);
    const correct = new Uint8Array(rows);
    const extras = this.#extras(rows);
    for (const [index, said] of answers.entries()) {
      if (turns.isDue) await turns.next();
      const scoring = this.#scoreAnswer(position + index, index, { said, extras, turns });
      const found = scoring instanceof Promise ? await scoring : scoring;
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

  /** Only texts are scored in steps: a promise for each row would take longer than most rows. */
  #scoreAnswer(
    position: number,
    index: number,
    { said, extras, turns }: Answered,
  ): Scored | string | Promise<Scored | string> {
    if (typeof said === "string") return said;
    if (this.#task.kind !== "transcription") return this.#scoreOne(position, index, said, extras);
    const actual = (this.#set.columns.truth as readonly string[])[position] ?? "";
    return scoreText(actual, index, said, { extras, turns });
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
      const probabilities = new Float32Array(rows * classes);
      if (!this.head.hasOthers) return { probabilities };
      return { probabilities, otherSquares: new Float32Array(rows), othersAbove: new Uint16Array(rows) };
    }
    if (kind === "boxes" || kind === "spans") return regionExtras(kind, rows);
    if (kind === "multilabel") return { flags: new Uint8Array(rows * classes) };
    if (kind !== "transcription") return {};
    const counts = Object.fromEntries(wordParts.map((name) => [name, new Float32Array(rows)]));
    return { ...counts, transcript: new Array<string>(rows).fill("") };
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
      case "multilabel":
        return this.#scoreFlags(position, index, said, extras);
      case "boxes":
      case "spans": {
        const offsets = (this.#set.columns.offsets as readonly string[] | undefined)?.[position];
        const row = { truth: (truth as readonly string[])[position] ?? "", classes: this.head.classes, offsets, index };
        return scoreRegions(this.#task, said, row, extras);
      }
      case "anomaly": {
        const number = Math.fround(Number(said.number));
        if (!Number.isFinite(number)) return beyondRange;
        const isCorrect = number >= this.#task.threshold === ((truth as Float64Array)[position] === 1);
        return { answer: 0, score: number, loss: isCorrect ? 0 : 1, isCorrect };
      }
      case "ranking": {
        const number = Math.fround(Number(said.number));
        return Number.isFinite(number) ? { answer: 0, score: number, loss: 0, isCorrect: false } : beyondRange;
      }
      default: {
        const number = Math.fround(Number(said.number));
        const loss = Math.fround(Math.abs(number - Number(truth?.[position])));
        if (!Number.isFinite(number) || !Number.isFinite(loss)) return beyondRange;
        return { answer: 0, score: number, loss, isCorrect: false };
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
    if (!isProbable) return "The scores are not probabilities, unlike those of other rows.";
    const { probabilities } = extras;
    if (probabilities instanceof Float32Array) {
      const classes = this.#set.head.classes.length;
      for (let at = 0; at < classes; at += 1) probabilities[index * classes + at] = clipped(scores[at]);
      const { otherSquares, othersAbove } = extras;
      if (otherSquares instanceof Float32Array && othersAbove instanceof Uint16Array) {
        const own = clipped(scores[actual]);
        const others = scores.subarray(classes).map(clipped);
        otherSquares[index] = others.reduce((sum, other) => sum + other ** 2, 0);
        othersAbove[index] = others.reduce((count, other) => count + Number(other > own), 0);
      }
    }
    const score = clipped(scores[isTwoClasses ? 1 : answer]);
    return { answer, score, loss: logLossOf(clipped(scores[actual])), isCorrect };
  }

  #scoreFlags(position: number, index: number, said: RowAnswer, extras: Record<string, ColumnData>): Scored {
    const classes = this.#set.head.classes.length;
    const truth = this.#set.columns.truth as Uint8Array;
    const flags = extras.flags as Uint8Array;
    const threshold = this.#task.kind === "multilabel" ? this.#task.threshold : 0.5;
    let wrong = 0;
    for (let at = 0; at < classes; at += 1) {
      const flag = Number(said.scores?.[at]) >= threshold ? 1 : 0;
      flags[index * classes + at] = flag;
      if (flag !== truth[position * classes + at]) wrong += 1;
    }
    return { answer: 0, score: wrong, loss: wrong / classes, isCorrect: wrong === 0 };
  }
}

const tooLong = "Label and prediction are too long to be compared: at most about 10,000 words each.";
const beyondRange = "The prediction or its error is beyond the range of single precision.";

interface Answered {
  said: RowAnswer | string;
  extras: Record<string, ColumnData>;
  turns: Turns;
}

interface Scored {
  answer: number;
  score: number;
  loss: number;
  isCorrect: boolean;
}

/** Sums of a transcript, by the names of the parts of metrics. */
const wordParts = [
  "wordErrors",
  "words",
  "wordHits",
  "characterErrors",
  "characters",
  "substitutions",
  "deletions",
  "insertions",
  "silentInsertions",
] as const;

async function scoreText(
  actual: string,
  index: number,
  said: RowAnswer,
  { extras, turns }: Pick<Answered, "extras" | "turns">,
): Promise<Scored | string> {
  const text = said.text ?? "";
  if (Math.max(actual.length, text.length) > maxTranscript) return tooLong;
  const steps = transcriptSteps(actual, text);
  let step = steps.next();
  for (; !step.done; step = steps.next()) if (turns.isDue) await turns.next();
  if (!step.value) return tooLong;
  const { hits, substitutions, deletions, insertions, characters, characterErrors, silentInsertions, isSilent } =
    step.value;
  // What is predicted for silence is counted by itself.
  const wordErrors = isSilent ? 0 : substitutions + deletions + insertions;
  const words = hits + substitutions + deletions;
  const parts: Record<(typeof wordParts)[number], number> = {
    wordErrors,
    words,
    wordHits: hits,
    characterErrors: isSilent ? 0 : characterErrors,
    characters: isSilent ? 0 : characters,
    substitutions,
    deletions,
    insertions: isSilent ? 0 : insertions,
    silentInsertions,
  };
  for (const name of wordParts) (extras[name] as Float32Array)[index] = parts[name];
  (extras.transcript as string[])[index] = text.slice(0, maxShown);
  const loss = words > 0 ? wordErrors / words : 0;
  return { answer: 0, score: loss, loss, isCorrect: wordErrors === 0 && silentInsertions === 0 };
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
