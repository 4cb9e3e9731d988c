import { ArgumentError } from "../argument-error.ts";

/**
 * Results of one evaluation run in flat columns: entry i is row i of the evaluation set, so two runs on one set align by row number. A row
 * takes 11 bytes: 100,000 rows are about 1 MB (docs/spec/evaluation.md section 9.1).
 */
export interface RowColumns {
  /** Index of the predicted class; 0 for task kinds without classes; `failedAnswer` where the model returned no output. */
  answer: Uint16Array;
  /** Of two classes: probability of class 1. Of more: probability of the predicted one. Of numbers: the predicted number. */
  score: Float32Array;
  /** Log loss, absolute error or another loss of the row; lower is better. */
  loss: Float32Array;
  /** 1 or 0. */
  correct: Uint8Array;
  /** Sums that ratio metrics are made of, by name: word errors and words. Squares of large numbers need double precision. */
  parts?: Record<string, Float32Array | Float64Array>;
}

/** Numbers of rows of the set: those of a segment. Null: all rows. */
export type RowSelection = Uint32Array | null;

/** The answer of a row without output. Its score and loss are NaN, its parts 0, and it is incorrect. */
export const failedAnswer = 0xffff;

const maxRows = 2 ** 27;

/**
 * Creates the columns of a set in which every row has failed, with scores and losses of NaN, until it is written.
 * @param rows rows of the set @param partNames names of the parts
 * @throws ArgumentError unless the number of rows is a whole number up to 134 million
 */
export function emptyColumns(rows: number, partNames: readonly string[] = []): RowColumns {
  if (!(Number.isInteger(rows) && rows >= 0 && rows <= maxRows)) {
    throw new ArgumentError("The number of rows must be a whole number up to 134 million.");
  }
  const columns: RowColumns = {
    answer: new Uint16Array(rows).fill(failedAnswer),
    score: new Float32Array(rows).fill(Number.NaN),
    loss: new Float32Array(rows).fill(Number.NaN),
    correct: new Uint8Array(rows),
  };
  if (partNames.length > 0) {
    columns.parts = Object.fromEntries(partNames.map((name) => [name, new Float32Array(rows)]));
  }
  return columns;
}

/**
 * Fails unless the columns have the same length, every row is marked correct or incorrect, and every number outside of failed rows is
 * finite.
 * @throws ArgumentError
 */
export function checkColumns({ answer, score, loss, correct, parts }: RowColumns): void {
  const rows = answer.length;
  const lists = Object.values(parts ?? {});
  if ([score, loss, correct, ...lists].some(({ length }) => length !== rows)) {
    throw new ArgumentError("Columns of an evaluation must have the same length.");
  }
  for (let row = 0; row < rows; row += 1) {
    const mark = correct[row] as number;
    if (mark > 1) throw new ArgumentError("A row must be marked as correct by 1 or as incorrect by 0.");
    if (answer[row] === failedAnswer) {
      if (mark === 1) throw new ArgumentError("A failed row cannot be correct.");
    } else if (!Number.isFinite(score[row]) || !Number.isFinite(loss[row])) {
      throw new ArgumentError(`Scores and losses must be finite numbers; row ${row} has another one.`);
    }
  }
  for (const list of lists) {
    for (let row = 0; row < rows; row += 1) {
      if (!Number.isFinite(list[row])) throw new ArgumentError("Parts of a metric must be finite numbers.");
    }
  }
}

/**
 * Returns the number of failed rows among all or the selected ones.
 * @throws ArgumentError for a selected row that the set does not have
 */
export function countFailed({ answer }: Pick<RowColumns, "answer">, rows: RowSelection = null): number {
  checkSelection(rows, answer.length);
  const count = rows ? rows.length : answer.length;
  let failed = 0;
  for (let at = 0; at < count; at += 1) {
    if (answer[rows ? (rows[at] as number) : at] === failedAnswer) failed += 1;
  }
  return failed;
}

/** Fails if a selected row is not in the set. @throws ArgumentError */
export function checkSelection(rows: RowSelection, count: number): void {
  if (!rows) return;
  for (let at = 0; at < rows.length; at += 1) {
    if ((rows[at] as number) >= count) throw new ArgumentError("A selected row is not in the evaluation set.");
  }
}

/** Below it, a probability counts as this in a logarithm, so that one certain mistake does not make a mean infinite. */
const minProbability = 1e-15;

/**
 * Computes the log loss of a row: −ln of the probability of the actual class, clipped to 1e-15 and 1 − 1e-15 as scikit-learn 1.2 did.
 * @param probability of the class, from 0 to 1 @param isActual false: the actual class is the other of two
 */
export function logLossOf(probability: number, isActual = true): number {
  const clipped = Math.min(1 - minProbability, Math.max(minProbability, probability));
  return -Math.log(isActual ? clipped : 1 - clipped);
}

/** What one row of a classification stores. */
export interface ClassRow {
  answer: number;
  score: number;
  loss: number;
  correct: number;
}

/**
 * Evaluates one row of a classification: the class of the greatest probability, of equal ones the smallest.
 * @param probabilities one per class; one alone is that of class 1 of two
 * @param truth index of the actual class
 * @throws ArgumentError for probabilities outside of 0 to 1 or an actual class outside of the classes
 */
export function classRow(probabilities: ArrayLike<number>, truth: number): ClassRow {
  const isSingle = probabilities.length === 1;
  const classes = isSingle ? 2 : probabilities.length;
  if (!(Number.isInteger(truth) && truth >= 0 && truth < classes)) {
    throw new ArgumentError("The actual class must be one of the classes.");
  }
  for (let at = 0; at < probabilities.length; at += 1) {
    const value = probabilities[at] as number;
    if (!(value >= 0 && value <= 1)) throw new ArgumentError("Probabilities must be numbers from 0 to 1.");
  }
  if (isSingle) {
    const score = probabilities[0] as number;
    const answer = score > 0.5 ? 1 : 0;
    return { answer, score, loss: logLossOf(score, truth === 1), correct: answer === truth ? 1 : 0 };
  }
  let answer = 0;
  for (let at = 1; at < classes; at += 1) {
    if ((probabilities[at] as number) > (probabilities[answer] as number)) answer = at;
  }
  const score = probabilities[classes === 2 ? 1 : answer] as number;
  return { answer, score, loss: logLossOf(probabilities[truth] as number), correct: answer === truth ? 1 : 0 };
}
