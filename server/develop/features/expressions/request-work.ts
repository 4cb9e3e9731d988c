import { mebibytes } from "#server/base/format-number.ts";
import { limits } from "#server/base/limits.ts";
import type { ScalarValue, StoreValue } from "../contract.ts";
import { FeatureError } from "../feature-error.ts";

/** Units of all evaluations of a request together: some ten seconds of work. An evaluation of 50,000 units is the greatest. */
const maxRequestUnits = 25_000_000;

/** Bounds what the expressions of one request may do and make, over all rows and views. */
export class RequestWork {
  #units: number;
  #bytes: number;

  constructor(units = maxRequestUnits, bytes = limits.outputBytes) {
    this.#units = units;
    this.#bytes = bytes;
  }

  /**
   * Counts one evaluation.
   * @param units what it spent; a unit is added, so that many small ones count too
   * @throws FeatureError "too-large" once the request has used up either
   */
  take(units: number, result: StoreValue): void {
    this.#units -= units + 1;
    this.#bytes -= bytesOf(result);
    if (this.#units < 0) {
      const message = "The expressions of the view are too much work for so many rows. Send fewer rows per request.";
      throw new FeatureError("too-large", "other", message);
    }
    if (this.#bytes < 0) {
      const message = `The expressions of the view give more than ${mebibytes(limits.outputBytes)}. Send fewer rows per request.`;
      throw new FeatureError("too-large", "other", message);
    }
  }
}

/** Bytes of a value, roughly: a character of text counts as one. */
function bytesOf(value: StoreValue): number {
  if (!Array.isArray(value)) return scalarBytes(value as ScalarValue | null);
  return (value as readonly ScalarValue[]).reduce<number>((total, one) => total + scalarBytes(one), 0);
}

function scalarBytes(value: ScalarValue | null): number {
  return typeof value === "string" || value instanceof Uint8Array ? value.length : 8;
}
