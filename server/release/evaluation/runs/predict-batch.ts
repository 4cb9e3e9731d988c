import { DomainError } from "#server/base/errors.ts";
import { predict } from "#server/serve/model-runs/predict.ts";
import type { LeasedVersion } from "#server/serve/runner/leased-version.ts";
import type { Tensor } from "#server/serve/tensor/tensor.ts";
import type { InputPlan, InputRows } from "./plan-inputs.ts";
import { requestOf } from "./plan-inputs.ts";

/** Outputs of consecutive rows, or why one row has none. */
export type BatchPart = { at: number; rows: number; tensors: Tensor[] } | { at: number; problem: string };

/** Hangs and crashes after which a version is not run any more. */
const maxLost = 3;

/** Runs a version on rows, and counts what it costs. */
export class BatchPredictor {
  /** Milliseconds in the version. */
  modelMs = 0;
  readonly #lease: LeasedVersion;
  readonly #plan: InputPlan;
  readonly #outputs: string[];
  #lost = 0;

  /** @param outputs names of the outputs to request */
  constructor(lease: LeasedVersion, plan: InputPlan, outputs: string[]) {
    this.#lease = lease;
    this.#plan = plan;
    this.#outputs = outputs;
  }

  /**
   * Runs the version on rows `from` to `to`, in their order. One bad row fails the request that it is in, so a request that fails is run again in
   * halves, down to the row.
   * @throws DomainError "conflict" once the version hung or crashed too often
   */
  async *run(inputs: InputRows, from = 0, to = inputs.rows): AsyncGenerator<BatchPart> {
    const rows = to - from;
    if (rows > 1 && !this.#plan.isBatched) {
      for (let row = from; row < to; row += 1) yield* this.run(inputs, row, row + 1);
      return;
    }
    const request = requestOf(this.#plan, inputs, from, to);
    const prediction = await predict(this.#lease, { inputs: request, outputs: this.#outputs });
    if ("tensors" in prediction) {
      this.modelMs += prediction.tookMs;
      const cut = prediction.tensors.find(({ data }) => data.length % rows !== 0);
      if (!cut) yield { at: from, rows, tensors: prediction.tensors };
      else if (rows > 1) yield* this.#halves(inputs, from, to);
      else yield { at: from, problem: `Output "${cut.name}" has another number of rows than the inputs.` };
      return;
    }
    if (prediction.reason === "lost") this.#countLost(prediction.problem);
    if (rows > 1) yield* this.#halves(inputs, from, to);
    else yield { at: from, problem: prediction.problem };
  }

  async *#halves(inputs: InputRows, from: number, to: number): AsyncGenerator<BatchPart> {
    const middle = from + Math.ceil((to - from) / 2);
    yield* this.run(inputs, from, middle);
    yield* this.run(inputs, middle, to);
  }

  #countLost(problem: string): void {
    this.#lost += 1;
    if (this.#lost < maxLost) return;
    throw new DomainError("conflict", `The version timed out or crashed ${maxLost} times. ${problem}`);
  }
}
