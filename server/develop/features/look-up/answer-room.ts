import { mebibytes } from "#server/base/format-number.ts";
import { limits } from "#server/base/limits.ts";
import { maxLookedUpCells } from "../contract.ts";
import { FeatureError } from "../feature-error.ts";

/** What one look-up may still read: cells of the answer and of what its expressions read, and bytes of texts, bytes and lists. */
export class AnswerRoom {
  readonly #rows: number;
  readonly #features: number;
  #cells = maxLookedUpCells;
  #bytes = limits.outputBytes;

  /** @throws FeatureError "too-large" if the answer has too many cells */
  constructor(rows: number, features: number) {
    this.#rows = rows;
    this.#features = features;
    this.takeCells(rows * Math.max(1, features));
  }

  /** @throws FeatureError "too-large" */
  takeCells(cells: number): void {
    this.#cells -= cells;
    if (this.#cells >= 0) return;
    const message = `${this.#rows} rows × ${this.#features} features are too many, with what their expressions read. Look up at most ${maxLookedUpCells} values per request.`;
    throw new FeatureError("too-large", "other", message);
  }

  /** @throws FeatureError "too-large" */
  takeBytes(bytes: number): void {
    this.#bytes -= bytes;
    if (this.#bytes >= 0) return;
    const message = `The values are more than ${mebibytes(limits.outputBytes)}. Look up fewer rows or features per request.`;
    throw new FeatureError("too-large", "other", message);
  }
}
