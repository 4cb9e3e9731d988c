/**
 * Work of one evaluation, in units of about a function call. Counted instead of timed, so that an expression that is too much online is too
 * much offline as well. The greatest takes some 20 ms; a filter and a map over 1,000 elements take 20,000 units.
 */
const maxUnits = 50_000;

/** Characters of text, or bytes, that one unit reads. */
const charactersPerUnit = 64;

/** Reason for stopping an evaluation. */
export const tooMuchWork = "too much work: shorten lists or texts, or nest fewer loops";

let left = 0;

/** Begins an evaluation. Evaluations do not nest, and do not wait. */
export function startMeter(): void {
  left = maxUnits;
}

/** @throws Error once the evaluation has spent its units, and for each call after that */
export function spend(units: number): void {
  left -= units;
  if (left < 0) throw new Error(tooMuchWork);
}

/** Units that the evaluation has spent so far. */
export function spentUnits(): number {
  return maxUnits - left;
}

/** Whether the evaluation was stopped. What it returned does not count: a condition may have swallowed the error. */
export function isSpent(): boolean {
  return left < 0;
}

/** Units for reading a text or bytes of a length. */
export function unitsOf(length: number): number {
  return Math.ceil(length / charactersPerUnit);
}
