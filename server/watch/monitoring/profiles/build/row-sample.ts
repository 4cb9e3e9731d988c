import { seededRandom } from "#server/stats/random.ts";
import type { GivenTensor } from "../../features/contract.ts";
import { type ReferenceBatch, rowOf } from "./reference-batch.ts";

/** A row with everything that is known of it. */
export interface SampledRow {
  inputs: { name: string; datatype?: string | undefined; data: GivenTensor["data"] }[];
  /** Undefined until the version has run on the row. */
  outputs: { name: string; datatype?: string | undefined; data: GivenTensor["data"] }[] | undefined;
  label: string | null;
}

/** Maximum number of rows whose elements are stored. */
const maxRows = 20_000;
const maxElements = 4_000_000;

/** Uniform sample of at most 20,000 rows (fewer if they are wide), deterministic for the same rows: Vitter's algorithm R. */
export class RowSample {
  readonly rows: SampledRow[] = [];
  readonly #random = seededRandom(7919);
  #most = maxRows;
  #seen = 0;

  add({ given, labelOf }: ReferenceBatch): void {
    if (this.#seen === 0) this.#most = maxFor(given.inputs, given.rows);
    for (let row = 0; row < given.rows; row += 1) {
      this.#seen += 1;
      const index = this.rows.length < this.#most ? this.rows.length : Math.floor(this.#random() * this.#seen);
      if (index >= this.#most) continue;
      const take = (tensors: readonly GivenTensor[]) =>
        tensors.map((tensor) => ({
          name: tensor.name,
          datatype: tensor.datatype,
          data: rowOf(tensor, row, given.rows),
        }));
      this.rows[index] = {
        inputs: take(given.inputs),
        outputs: given.outputs && take(given.outputs),
        label: labelOf(row),
      };
    }
  }
}

function maxFor(inputs: readonly GivenTensor[], rows: number): number {
  const elements = inputs.reduce((sum, { data }) => sum + data.length / rows, 0);
  return Math.max(50, Math.min(maxRows, Math.floor(maxElements / Math.max(1, elements))));
}
