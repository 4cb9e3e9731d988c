/** An argument for which a function has no result: NaN where numbers are needed, samples of different lengths. The message is a sentence. */
export class ArgumentError extends RangeError {
  override readonly name = "ArgumentError";
}

/** Fails unless all values are finite. @param what subject of the sentence, in the plural: "Scores" @throws ArgumentError */
export function requireFinite(values: ArrayLike<number>, what: string): void {
  for (let at = 0; at < values.length; at += 1) {
    if (!Number.isFinite(values[at])) throw new ArgumentError(`${what} must be finite numbers.`);
  }
}

/** Fails unless all values are from 0 to 2^53: searches between larger ones would not end. @param what subject, as "Rows" @throws ArgumentError */
export function requireCounts(values: ArrayLike<number>, what: string): void {
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at] as number;
    if (!(value >= 0 && value <= 2 ** 53)) throw new ArgumentError(`${what} must be counts from 0 to 2^53.`);
  }
}

/** Fails if a value is NaN, which equals nothing, so that walks over sorted values would not end. @throws ArgumentError */
export function requireNumbers(values: ArrayLike<number>): void {
  for (let at = 0; at < values.length; at += 1) {
    if (Number.isNaN(values[at])) throw new ArgumentError("Values must be numbers.");
  }
}

/** Fails unless two lists have the same length. @param what subject of the sentence: "Scores and outcomes" @throws ArgumentError */
export function requireSameLength(a: ArrayLike<unknown>, b: ArrayLike<unknown>, what: string): void {
  if (a.length !== b.length) throw new ArgumentError(`${what} must have the same length.`);
}
