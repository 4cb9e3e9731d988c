import type { LabelTaskKind, LabelValue } from "../contract.ts";

/** Answers in the order of time, as columns, so that a thread takes them without a copy. People, tasks and values by their place. */
interface AnswerColumns {
  task: Int32Array;
  person: Int32Array;
  /** Place of the value; −1 for cannot tell. */
  value: Int32Array;
  guideline: Int32Array;
  isBulk: Uint8Array;
  /** Milliseconds between shown and answered; −1 where unknown. */
  spentMs: Int32Array;
}

/** Everything that a label run computes from: the answers of a project that count. */
export interface RunInput {
  kind: LabelTaskKind;
  /** Names of the classes in their order; for ratings "1" to the highest; empty for other kinds. */
  classes: readonly string[];
  /** Distinct values. */
  values: readonly LabelValue[];
  /** Ids of people. */
  people: readonly string[];
  /** Whether consensus leaves a person out, by person. */
  isExcluded: Uint8Array;
  taskIds: Float64Array;
  /** Place of the label in effect of each task; −1 without one. */
  label: Int32Array;
  /** Whether a reviewer decided the label of a task: it is not suspected. */
  isReviewed: Uint8Array;
  /** Whether a task is in the training data of the version whose probabilities it has. */
  isInTraining: Uint8Array;
  /** Row of each task in the probabilities; −1 without one. */
  probabilityRow: Int32Array;
  /** Probabilities of the classes, row by row. */
  probabilities: Float32Array;
  answers: AnswerColumns;
  /** Answers to gold items, with the place of the value that was expected. */
  golds: { person: Int32Array; value: Int32Array; expected: Int32Array };
  /** Accuracy on gold that the project requires. */
  minGoldAccuracy: number;
  /** Answers beyond what a run reads. */
  leftOut: number;
}

/** Maximum number of answers of a run; 100,000 take about a second. */
export const maxRunAnswers = 500_000;

/** Returns the value at a place. */
export function valueAt({ values }: Pick<RunInput, "values">, place: number): LabelValue {
  return values[place] as LabelValue;
}
